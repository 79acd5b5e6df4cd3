using System.Text.RegularExpressions;
using MedSeg.Help.Markdown;

namespace MedSeg.Help.Commands;

/// <summary>Reads a command's page (docs/commands/Verb-Noun.md); docs/commands/README.md describes its form.</summary>
internal sealed partial class CommandPageReader
{
    private const int FewestExamples = 3;

    private static readonly string[] s_required = ["Description", "Parameters", "Inputs", "Outputs", "Examples"];
    private static readonly string[] s_optional = ["Syntax", "Notes", "Related links"];

    private readonly MarkdownPage _page;
    private readonly Section _root;

    private CommandPageReader(MarkdownPage page)
    {
        _page = page;
        _root = SectionReader.Read(page) is [var first, ..] ? first : throw page.Error(1, $"The page is empty; '# {page.Name}' was expected.");
    }

    /// <summary>Reads a page.</summary>
    /// <param name="page">The page.</param>
    /// <returns>The help; references between parameters are not resolved.</returns>
    /// <exception cref="PageException">Something is missing or unknown.</exception>
    public static CommandPage Read(MarkdownPage page) => new CommandPageReader(page).Read();

    private CommandPage Read()
    {
        RequireSections();
        Section description = Required("Description");
        _page.Require(description.Paragraphs.Count > 0, description.Line, "The description is empty.");
        List<CommandParameter> parameters = [.. Required("Parameters").Children.Select(section => CommandParameter.Read(_page, section))];
        return new CommandPage
        {
            Page = _page,
            Name = _page.Name,
            Synopsis = _root.Paragraphs[0].Text,
            Description = TextOf(description),
            Syntax = SyntaxReader.Read(_page, _page.Name, _root.Find("Syntax"), parameters),
            Parameters = parameters,
            Inputs = Types(Required("Inputs")),
            Outputs = Types(Required("Outputs")),
            Examples = Examples(Required("Examples")),
            Notes = _root.Find("Notes") is { } notes ? TextOf(notes) : null,
            Links = Links(_root.Find("Related links")),
        };
    }

    private void RequireSections()
    {
        _page.Require(_root.Title == _page.Name, _root.Line, $"The heading is '{_root.Title}', but the file's name is '{_page.Name}'.");
        _page.Require(_root.Paragraphs.Count == 1, _root.Line, "One paragraph, the synopsis, was expected below the heading.");
        foreach (string title in s_required)
        {
            Required(title);
        }

        foreach (Section section in _root.Children)
        {
            _page.Require(s_required.Contains(section.Title) || s_optional.Contains(section.Title), section.Line, $"'## {section.Title}' is not a section of a command's page.");
        }
    }

    private Section Required(string title) => _root.Find(title) ?? throw _page.Error(_root.Line, $"The section '## {title}' is missing.");

    // Each type has a heading; a section without one names the type in its first sentence.
    private DescribedType[] Types(Section section)
    {
        if (section.Children.Count > 0)
        {
            return [.. section.Children.Select(child => new DescribedType(child.Title, TextOf(child)))];
        }

        _page.Require(section.Paragraphs.Count > 0, section.Line, $"'## {section.Title}' is empty; write 'None.' where there is nothing.");
        return [new DescribedType(section.Paragraphs[0].Text.TrimEnd('.'), TextOf(section)[1..])];
    }

    private CommandExample[] Examples(Section section)
    {
        int count = section.Children.Count;
        _page.Require(count >= FewestExamples, section.Line, $"There are {count} examples ('### Example 1: what it shows'); at least {FewestExamples} are needed.");
        return [.. section.Children.Select(Example)];
    }

    private CommandExample Example(Section section)
    {
        Paragraph? code = section.CodeBlocks.FirstOrDefault();
        _page.Require(!string.IsNullOrWhiteSpace(code?.Markdown), section.Line, "The example has no code block.");
        _page.Require(section.Paragraphs.Exists(paragraph => !paragraph.IsCode), section.Line, "The example has no explanation.");
        return new CommandExample(section.Title, code!.Markdown, [.. section.Paragraphs.Where(paragraph => paragraph != code).Select(paragraph => paragraph.Text)]);
    }

    private static RelatedLink[] Links(Section? section)
    {
        IEnumerable<Match> links = section?.Paragraphs.SelectMany(paragraph => Link().Matches(paragraph.Markdown)) ?? [];
        return [.. links.Select(link => new RelatedLink(PlainText.Of(link.Groups["text"].Value), IsAddress(link) ? link.Groups["uri"].Value : string.Empty))];
    }

    private static bool IsAddress(Match link) => link.Groups["uri"].Value.Contains("://", StringComparison.Ordinal);

    private static string[] TextOf(Section section) => [.. section.Paragraphs.Select(paragraph => paragraph.Text)];

    [GeneratedRegex(@"\[(?<text>[^\]]+)\]\((?<uri>[^)]+)\)")]
    private static partial Regex Link();
}
