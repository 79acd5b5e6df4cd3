using System.Globalization;
using System.Net;

namespace MedSeg.Reports.Html;

/// <summary>
/// Writes HTML that is also well-formed XML. Every text and attribute is escaped, and there is no way to write markup as text, so a name
/// in a data set cannot change the page.
/// </summary>
/// <param name="writer">The writer of the page.</param>
internal sealed class HtmlWriter(TextWriter writer)
{
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element.</summary>
    /// <param name="tag">The element's name.</param>
    /// <param name="attributes">The attributes; those that are null or false are left out, true ones have an empty value.</param>
    public void Open(string tag, params IEnumerable<(string Name, object? Value)> attributes)
    {
        WriteTag(tag, attributes, end: ">");
        _open.Push(tag);
    }

    /// <summary>Closes the last open element.</summary>
    public void Close() => writer.WriteLine($"</{_open.Pop()}>");

    /// <summary>Writes an element with text in it.</summary>
    /// <param name="tag">The element's name.</param>
    /// <param name="text">The text.</param>
    /// <param name="attributes">The attributes.</param>
    public void Element(string tag, object? text, params IEnumerable<(string Name, object? Value)> attributes)
    {
        WriteTag(tag, attributes, end: ">");
        Text(text);
        writer.Write($"</{tag}>");
    }

    /// <summary>Writes an element that has no content, such as img.</summary>
    /// <param name="tag">The element's name.</param>
    /// <param name="attributes">The attributes.</param>
    public void Empty(string tag, params IEnumerable<(string Name, object? Value)> attributes) => WriteTag(tag, attributes, end: " />");

    /// <summary>Writes text.</summary>
    /// <param name="text">A text, or a number, which is written in the invariant culture.</param>
    public void Text(object? text) => writer.Write(Escape(text));

    /// <summary>Writes a picture.</summary>
    /// <param name="jpeg">The content of a JPEG file, in base64.</param>
    /// <param name="size">The size in pixels.</param>
    /// <param name="alternative">What the picture shows, for those who cannot see it.</param>
    public void Picture(string jpeg, (int Width, int Height) size, string alternative) =>
        Empty("img", ("alt", alternative), ("decoding", "async"), ("width", size.Width), ("height", size.Height), ("src", "data:image/jpeg;base64," + jpeg));

    /// <summary>Writes a plot, on white in the dark scheme, too.</summary>
    /// <param name="png">The content of a PNG file, in base64.</param>
    /// <param name="size">The size in pixels.</param>
    /// <param name="alternative">What the plot shows, for those who cannot see it.</param>
    public void Plot(string png, (int Width, int Height) size, string alternative) =>
        Empty("img", ("alt", alternative), ("class", "plot"), ("width", size.Width), ("height", size.Height), ("src", "data:image/png;base64," + png));

    private void WriteTag(string tag, IEnumerable<(string Name, object? Value)> attributes, string end)
    {
        writer.Write($"<{tag}");
        foreach ((string name, object? value) in attributes)
        {
            if (value is not (null or false))
            {
                writer.Write($" {name}=\"{(value is true ? string.Empty : Escape(value))}\"");
            }
        }

        writer.Write(end);
    }

    // Control characters are not allowed in XML, not even escaped.
    private static string Escape(object? value)
    {
        string text = value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? string.Empty;
        return WebUtility.HtmlEncode(text.Any(IsInvalid) ? string.Concat(text.Select(c => IsInvalid(c) ? '\uFFFD' : c)) : text);
    }

    private static bool IsInvalid(char c) => (c < ' ' && c is not ('\t' or '\n' or '\r')) || c is '\uFFFE' or '\uFFFF';
}
