using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using MedSeg.Errors;
using MedSeg.Wording;

namespace MedSeg.Files;

/// <summary>
/// A table that people write with Excel, LibreOffice, R or a script: separated by commas, semicolons or tabs; in UTF-8, UTF-16 with a byte order
/// mark, or Windows-1252; cells may be quoted and span lines (RFC 4180). The first line names the columns.
/// </summary>
internal sealed class CsvTable
{
    private const long MostBytes = 64 << 20;
    private const int Western = 1252;
    private const string SeparatorLine = "sep=";
    private const string Separators = ",;\t|";

    private CsvTable(string path, IReadOnlyList<string> columns, IReadOnlyList<CsvRow> rows) => (Path, Columns, Rows) = (path, columns, rows);

    /// <summary>Gets the absolute path.</summary>
    public string Path { get; }

    /// <summary>Gets the names of the columns.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Gets the rows after the first line, without empty ones.</summary>
    public IReadOnlyList<CsvRow> Rows { get; }

    /// <summary>Reads a table.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="isHeaderOnly">Whether to read the names of the columns only.</param>
    /// <exception cref="FileFormatException"><c>TableInvalid</c>: a quote is not closed or not doubled, a row has more cells than there are columns, or there are no columns.</exception>
    /// <exception cref="MedSegException">The file does not exist, cannot be read, or is larger than 64 MB.</exception>
    public static CsvTable Read(string path, bool isHeaderOnly = false)
    {
        return Parse(FileContent.Read(path, MostBytes), path, isHeaderOnly);
    }

    /// <summary>Reads a table in memory.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="isHeaderOnly">Whether to read the names of the columns only.</param>
    /// <exception cref="FileFormatException">As <see cref="Read(string, bool)"/>.</exception>
    internal static CsvTable Parse(byte[] content, string path, bool isHeaderOnly = false)
    {
        string text = Decode(content);
        using var reader = new StringReader(text);
        int skipped = 0;
        string separator = SeparatorOf(text);
        if (text.StartsWith(SeparatorLine, StringComparison.OrdinalIgnoreCase))
        {
            _ = reader.ReadLine();
            skipped = 1;
        }

        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator,
            TrimOptions = TrimOptions.Trim,
            BadDataFound = bad => throw Error(path, skipped + bad.Context.Parser!.RawRow, "a quote is not closed, or a quote within a quoted cell is not doubled", "Correct the quotes in this line."),
        };
        using var parser = new CsvParser(reader, configuration);
        return Read(path, parser, skipped, isHeaderOnly);
    }

    /// <summary>Finds a column by any of several names, without regard to case, spaces, hyphens and underscores.</summary>
    /// <param name="names">The names, folded.</param>
    /// <returns>The index of the column, from 0; −1 if there is none.</returns>
    /// <exception cref="FileFormatException"><c>TableInvalid</c>: two columns have one of the names.</exception>
    public int Find(params IReadOnlyList<string> names)
    {
        int[] found = [.. Enumerable.Range(0, Columns.Count).Where(i => names.Contains(Fold(Columns[i]), StringComparer.Ordinal))];
        return found.Length <= 1
            ? found.Length == 1 ? found[0] : -1
            : throw Error(1, $"the columns '{Columns[found[0]]}' and '{Columns[found[1]]}' mean the same", "Rename or remove one of them.");
    }

    /// <summary>Makes an error of a line.</summary>
    /// <param name="line">The line, from 1.</param>
    /// <param name="finding">What was found, as a clause.</param>
    /// <param name="advice">What to do.</param>
    public FileFormatException Error(int line, string finding, string advice) => Error(Path, line, finding, advice);

    private static FileFormatException Error(string path, int line, string finding, string advice) =>
        new(ErrorIds.TableInvalid, path, $"Line {line}: {Sentence.Capitalize(finding)}.") { Advice = advice };

    private static CsvTable Read(string path, CsvParser parser, int skipped, bool isHeaderOnly)
    {
        string[]? columns = null;
        var rows = new List<CsvRow>();
        while ((!isHeaderOnly || columns is null) && parser.Read())
        {
            string[] cells = parser.Record!;
            if (Array.TrueForAll(cells, string.IsNullOrWhiteSpace))
            {
                continue;
            }

            int line = skipped + parser.RawRow;
            if (columns is null)
            {
                columns = cells;
            }
            else if (cells.Length > columns.Length && cells.Skip(columns.Length).Any(cell => cell.Length > 0))
            {
                throw Error(path, line, $"there are {cells.Length} cells, but {columns.Length} columns", "Put cells that contain the separator into double quotes.");
            }
            else
            {
                rows.Add(new CsvRow(line, cells));
            }
        }

        return columns is null ? throw Error(path, 1, "the table is empty", "Write the names of the columns into the first line.") : new CsvTable(path, columns, rows);
    }

    // Whatever is not UTF-8 has been written by an older program of Windows.
    private static string Decode(byte[] content)
    {
        foreach (Encoding marked in (Encoding[])[new UTF8Encoding(true, true), Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            if (content.AsSpan().StartsWith(marked.Preamble))
            {
                return marked.GetString(content.AsSpan(marked.Preamble.Length));
            }
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(Western)!.GetString(content);
        }
    }

    private static string SeparatorOf(string text)
    {
        string first = text.TrimStart().Split('\n')[0].TrimEnd('\r');
        if (first.StartsWith(SeparatorLine, StringComparison.OrdinalIgnoreCase) && first.Length > SeparatorLine.Length && Separators.Contains(first[SeparatorLine.Length], StringComparison.Ordinal))
        {
            return first.Substring(SeparatorLine.Length, 1);
        }

        if (first.StartsWith(SeparatorLine, StringComparison.OrdinalIgnoreCase))
        {
            first = text.TrimStart().Split('\n', 3).ElementAtOrDefault(1) ?? "";
        }

        bool isQuoted = false;
        Dictionary<char, int> counts = new() { [';'] = 0, ['\t'] = 0, [','] = 0 };
        foreach (char character in first)
        {
            isQuoted ^= character == '"';
            if (!isQuoted && counts.TryGetValue(character, out int count))
            {
                counts[character] = count + 1;
            }
        }

        return counts.MaxBy(entry => entry.Value) is { Value: > 0, Key: var separator } ? separator.ToString() : ",";
    }

    internal static string Fold(string column) => string.Concat(column.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
