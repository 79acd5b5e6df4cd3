using System.Text.RegularExpressions;
using MedSeg.Help.Markdown;

namespace MedSeg.Help.Commands;

/// <summary>A paragraph such as <c>Same as in [Start-MedSegTraining](Start-MedSegTraining.md#-epochs).</c></summary>
/// <param name="Page">The page that has the reference.</param>
/// <param name="Line">The line of the reference, from 1.</param>
/// <param name="Command">The command whose parameter is meant.</param>
/// <param name="Anchor">The anchor of the parameter's heading: a dash and the name in lower case.</param>
internal sealed partial record ParameterReference(MarkdownPage Page, int Line, string Command, string Anchor)
{
    /// <summary>Finds the reference that a paragraph is.</summary>
    /// <param name="page">The page.</param>
    /// <param name="paragraph">The paragraph.</param>
    /// <returns>The reference, or null for any other paragraph.</returns>
    /// <exception cref="PageException">The paragraph begins like a reference but is none, or its link leads to another command than it names.</exception>
    public static ParameterReference? Find(MarkdownPage page, Paragraph paragraph)
    {
        if (paragraph.IsCode || !paragraph.Markdown.StartsWith("Same as in ", StringComparison.Ordinal))
        {
            return null;
        }

        Match link = Form().Match(paragraph.Markdown);
        page.Require(link.Success, paragraph.Line, "A reference is a paragraph of its own: 'Same as in [Verb-Noun](Verb-Noun.md#-parameter).'");
        string command = link.Groups["text"].Value;
        string file = link.Groups["file"].Value;
        page.Require(command == file, paragraph.Line, $"The reference names {command}, but its link leads to {file}.md.");
        return new ParameterReference(page, paragraph.Line, command, link.Groups["anchor"].Value);
    }

    /// <summary>Makes the error for a reference that cannot be resolved.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <returns>The exception to throw.</returns>
    public PageException Error(string problem) => Page.Error(Line, problem);

    /// <summary>Says whether this reference means a parameter.</summary>
    /// <param name="parameter">A parameter of <see cref="Command"/>.</param>
    /// <returns>Whether its heading has this anchor.</returns>
    public bool Means(CommandParameter parameter) => string.Equals(Anchor[1..], parameter.Name, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^Same as in \[(?<text>[\w-]+)\]\((?<file>[\w-]+)\.md#(?<anchor>-[a-z0-9]+)\)\.$")]
    private static partial Regex Form();
}
