using System.Buffers;
using System.Globalization;
using System.Text;

namespace MedSeg.Files;

/// <summary>Writes a table as comma-separated values (RFC 4180): UTF-8 without a byte order mark, commas, CRLF after every row.</summary>
/// <remarks>
/// Only cells with a comma, a quote or a line break are quoted. Numbers are written in the invariant culture with the
/// fewest digits that give the same value when read again, so a table reads the same on every machine. Text that a spreadsheet would
/// take for a formula (a name such as <c>=cmd|…</c>) gets an apostrophe in front, which spreadsheets show as text.
/// </remarks>
internal sealed class CsvWriter : IDisposable
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    // How a formula starts in Excel and LibreOffice, which also skip tabs and carriage returns before it (OWASP, CSV injection).
    private static readonly SearchValues<char> s_formula = SearchValues.Create("=+-@\t\r");

    private readonly StreamWriter _writer;

    /// <summary>Initializes a new instance of the <see cref="CsvWriter"/> class.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    public CsvWriter(Stream stream) => _writer = new StreamWriter(stream, s_utf8, leaveOpen: true) { NewLine = "\r\n" };

    /// <summary>Writes one row.</summary>
    /// <param name="cells">The values of the row; a <see langword="null"/> is an empty cell, and so is NaN.</param>
    public void WriteRow(params IEnumerable<object?> cells)
    {
        string separator = string.Empty;
        foreach (object? cell in cells)
        {
            _writer.Write(separator);
            _writer.Write(Quote(Format(cell)));
            separator = ",";
        }

        _writer.WriteLine();
    }

    /// <summary>Flushes what was written.</summary>
    public void Dispose() => _writer.Dispose();

    private static string Format(object? cell) => cell switch
    {
        double.NaN or float.NaN => string.Empty,
        string { Length: > 0 } text when s_formula.Contains(text[0]) => $"'{text}",
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture) ?? string.Empty,
    };

    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
