using System.Text.RegularExpressions;
using MedSeg.Help.Markdown;

namespace MedSeg.Help.Topics;

/// <summary>Turns a topic's page (docs/about_Topic.md) into the text that Get-Help shows.</summary>
/// <remarks>A page begins with its name as heading, one line of description and a paragraph; then come sections.</remarks>
internal sealed partial class AboutTopic
{
    private readonly IReadOnlyList<string> _lines;
    private readonly TopicText _text = new();
    private int _index;

    private AboutTopic(IReadOnlyList<string> lines) => _lines = lines;

    /// <summary>Writes a topic.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="page">The page.</param>
    /// <returns>The text of the file, with line feeds alone.</returns>
    /// <exception cref="PageException">The page does not begin as it must.</exception>
    public static string Write(string name, MarkdownPage page)
    {
        const int longest = TopicText.Width - TopicText.IndentWidth;
        bool begins = page.Lines is [var heading, "", { Length: > 0 and <= longest }, "", var first, ..] && heading == "# " + name && !first.StartsWith('#');
        page.Require(begins, 1, $"The page must begin with '# {name}', one line of at most {longest} characters that describes it, and a paragraph, with an empty line between.");

        // Get-Help takes the fifth line as the synopsis.
        var topic = new AboutTopic([.. page.Lines.Skip(4)]);
        topic._text.AddHeading("TOPIC");
        topic._text.AddPlainLine(name);
        topic._text.AddHeading("SHORT DESCRIPTION");
        topic._text.AddPlainLine(PlainText.Of(page.Lines[2]));
        topic._text.AddHeading("LONG DESCRIPTION");
        topic.Write();
        return topic._text.ToString();
    }

    private void Write()
    {
        for (_index = 0; _index < _lines.Count; _index++)
        {
            string line = _lines[_index];
            if (Heading().Match(line) is { Success: true } heading)
            {
                _text.AddHeading(PlainText.Of(heading.Groups[1].Value).ToUpperInvariant());
                _index += _index + 1 < _lines.Count && _lines[_index + 1].Length == 0 ? 1 : 0;
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                WriteCode();
            }
            else if (line.StartsWith('|'))
            {
                WriteTable();
            }
            else if (Item().Match(line) is { Success: true } item)
            {
                WriteItem(item);
            }
            else if (string.IsNullOrWhiteSpace(line))
            {
                _text.EndParagraph();
                _text.AddGap();
            }
            else
            {
                _text.AddWords(PlainText.Of(line));
            }
        }

        _text.EndParagraph();
    }

    private void WriteItem(Match item)
    {
        _text.BeginItem(item.Groups[1].Value);
        _text.AddWords(PlainText.Of(item.Groups[2].Value));
    }

    private void WriteCode()
    {
        string[] code = [.. _lines.Skip(_index + 1).TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal))];
        _text.AddCode(code);
        _index += code.Length + 1;
    }

    private void WriteTable()
    {
        string[] table = [.. _lines.Skip(_index).TakeWhile(line => line.StartsWith('|'))];
        foreach (string row in PlainText.ItemsOf(table))
        {
            WriteItem(Item().Match(row));
            _text.EndParagraph();
        }

        _index += table.Length - 1;
    }

    [GeneratedRegex(@"^##+ +(.+?)\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(- |\d+\. )(.+)$")]
    private static partial Regex Item();
}
