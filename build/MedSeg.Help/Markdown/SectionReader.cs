using System.Text.RegularExpressions;

namespace MedSeg.Help.Markdown;

/// <summary>Divides a page into its sections. Pictures, which a console cannot show, are left out.</summary>
internal sealed partial class SectionReader
{
    private const string Fence = "```";

    private readonly MarkdownPage _page;
    private readonly Stack<Section> _open = new();
    private int _index;

    private SectionReader(MarkdownPage page)
    {
        _page = page;
        _open.Push(new Section(string.Empty, 0));
    }

    /// <summary>Reads the sections of a page; headings have up to three levels.</summary>
    /// <param name="page">The page.</param>
    /// <returns>The sections of the first level.</returns>
    /// <exception cref="PageException">A heading skips a level, or a code block is not closed.</exception>
    public static IReadOnlyList<Section> Read(MarkdownPage page) => new SectionReader(page).Read();

    private List<Section> Read()
    {
        for (_index = 0; _index < _page.Lines.Count; _index++)
        {
            string line = _page.Lines[_index];
            if (Heading().Match(line) is { Success: true } heading)
            {
                Open(heading.Groups[1].Length, PlainText.Of(heading.Groups[2].Value));
            }
            else if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                AddCode();
            }
            else if (line.StartsWith('|'))
            {
                AddTable();
            }
            else if (line.Trim().Length > 0 && !line.StartsWith("![", StringComparison.Ordinal))
            {
                AddLine(line);
            }
        }

        return _open.Last().Children;
    }

    private void Open(int level, string title)
    {
        _page.Require(level <= _open.Count, _index + 1, $"The heading '{title}' skips a level.");
        while (_open.Count > level)
        {
            _open.Pop();
        }

        var section = new Section(title, _index + 1);
        _open.Peek().Children.Add(section);
        _open.Push(section);
    }

    private void AddCode()
    {
        int first = _index + 1;
        int end = first;
        while (end < _page.Lines.Count && !_page.Lines[end].StartsWith(Fence, StringComparison.Ordinal))
        {
            end++;
        }

        _page.Require(end < _page.Lines.Count, _index + 1, "The code block is not closed.");
        Add(new Paragraph(first, string.Join('\n', _page.Lines.Take(first..end)), IsCode: true));
        _index = end;
    }

    private void AddTable()
    {
        string[] table = [.. _page.Lines.Skip(_index).TakeWhile(line => line.StartsWith('|'))];
        Add(new Paragraph(_index + 1, string.Join('\n', PlainText.ItemsOf(table))));
        _index += table.Length - 1;
    }

    private void AddLine(string line)
    {
        List<Paragraph> paragraphs = _open.Peek().Paragraphs;
        if (!ContinuesParagraph() || paragraphs.Count == 0)
        {
            Add(new Paragraph(_index + 1, line.TrimEnd()));
            return;
        }

        string added = ListItem().IsMatch(line) ? "\n" + line.TrimEnd() : " " + line.Trim();
        paragraphs[^1] = paragraphs[^1] with { Markdown = paragraphs[^1].Markdown + added };
    }

    private bool ContinuesParagraph() =>
        _index > 0 && _page.Lines[_index - 1] is { } before && before.Trim().Length > 0 && !before.StartsWith(Fence, StringComparison.Ordinal) && !before.StartsWith('#');

    private void Add(Paragraph paragraph) => _open.Peek().Paragraphs.Add(paragraph);

    [GeneratedRegex(@"^(#{1,3}) +(.+?)\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\s*([-*]|\d+\.) ")]
    private static partial Regex ListItem();
}
