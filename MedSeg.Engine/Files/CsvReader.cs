using System.Text;

namespace MedSeg.Files;

/// <summary>
/// Reads a table of comma-separated values (RFC 4180), also one that a spreadsheet saved again: with semicolons or tabs between cells,
/// and with any line ends.
/// </summary>
internal static class CsvReader
{
    /// <summary>Splits a table into rows. Empty lines are skipped.</summary>
    /// <param name="text">The whole file.</param>
    /// <returns>The line on which each row starts, from 1, and its cells.</returns>
    public static IEnumerable<(int Line, string[] Cells)> Read(string text)
    {
        char separator = SeparatorOf(text);
        int line = 1;
        for (int at = 0; at < text.Length;)
        {
            int start = line;
            var cells = new List<string>();
            bool isLast;
            do
            {
                cells.Add(ReadCell(text, separator, ref at, ref line));
                isLast = at >= text.Length || text[at] != separator;
                at++;
            }
            while (!isLast);
            if (at < text.Length && text[at - 1] == '\r' && text[at] == '\n')
            {
                at++;
            }

            line++;
            if (cells is not [""])
            {
                yield return (start, [.. cells]);
            }
        }
    }

    private static char SeparatorOf(string text)
    {
        ReadOnlySpan<char> header = text.AsSpan(0, text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and int end ? end : text.Length);
        int commas = header.Count(',');
        return header.Count(';') > commas ? ';' : header.Count('\t') > commas ? '\t' : ',';
    }

    private static string ReadCell(string text, char separator, ref int at, ref int line)
    {
        if (at >= text.Length || text[at] != '"')
        {
            int end = text.AsSpan(at).IndexOfAny(separator, '\r', '\n');
            string plain = end < 0 ? text[at..] : text.Substring(at, end);
            at += plain.Length;
            return plain;
        }

        var cell = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"' && (at + 1 == text.Length || text[at + 1] != '"'))
            {
                at++;
                break;
            }

            at += text[at] == '"' ? 1 : 0;
            line += text[at] == '\n' ? 1 : 0;
            cell.Append(text[at]);
        }

        return cell.ToString();
    }
}
