using System.Text;

namespace MedSeg.Help.Topics;

/// <summary>The text of a topic, broken into lines: Get-Help shows it as it is.</summary>
internal sealed class TopicText
{
    /// <summary>The characters of a line: the narrowest usual terminal.</summary>
    public const int Width = 80;

    /// <summary>The spaces before a paragraph.</summary>
    public const int IndentWidth = 4;

    private static readonly string s_indent = new(' ', IndentWidth);

    private readonly StringBuilder _text = new();
    private readonly List<string> _words = [];
    private string _mark = string.Empty;
    private bool _gap;

    /// <summary>Adds a heading, after an empty line.</summary>
    /// <param name="heading">The heading.</param>
    public void AddHeading(string heading)
    {
        EndParagraph();
        _text.Append(_text.Length > 0 ? "\n" : string.Empty).Append(heading).Append('\n');
        _gap = false;
    }

    /// <summary>Adds a line of its own, which is not broken.</summary>
    /// <param name="line">The line.</param>
    public void AddPlainLine(string line) => _text.Append(s_indent).Append(line).Append('\n');

    /// <summary>Adds words to the paragraph or item.</summary>
    /// <param name="line">The words, with spaces between them.</param>
    public void AddWords(string line) => _words.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Begins an item of a list.</summary>
    /// <param name="mark">Its mark, such as <c>- </c>; further lines begin below the first word.</param>
    public void BeginItem(string mark)
    {
        EndParagraph();
        _mark = mark;
    }

    /// <summary>Adds lines of code, indented twice.</summary>
    /// <param name="lines">The lines.</param>
    public void AddCode(IEnumerable<string> lines)
    {
        EndParagraph();
        WriteGap();
        foreach (string line in lines)
        {
            _text.Append(line.Length == 0 ? string.Empty : s_indent + s_indent + line).Append('\n');
        }
    }

    /// <summary>Leaves an empty line before what is added next; directly below a heading there is none.</summary>
    public void AddGap() => _gap = _text[^2] != '\n';

    /// <summary>Writes the paragraph or item whose words were added.</summary>
    public void EndParagraph()
    {
        if (_words.Count > 0)
        {
            WriteGap();
        }

        string lead = s_indent + _mark;
        while (_words.Count > 0)
        {
            var line = new StringBuilder(lead + _words[0]);
            int taken = 1;
            for (; taken < _words.Count && line.Length + 1 + _words[taken].Length <= Width; taken++)
            {
                line.Append(' ').Append(_words[taken]);
            }

            _text.Append(line).Append('\n');
            _words.RemoveRange(0, taken);
            lead = new string(' ', IndentWidth + _mark.Length);
        }

        _mark = string.Empty;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void WriteGap()
    {
        _text.Append(_gap ? "\n" : string.Empty);
        _gap = false;
    }
}
