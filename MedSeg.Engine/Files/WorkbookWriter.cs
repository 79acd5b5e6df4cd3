using System.Globalization;
using SpreadCheetah;
using SpreadCheetah.Styling;
using SpreadCheetah.Worksheets;

namespace MedSeg.Files;

/// <summary>Writes an Excel workbook (.xlsx, ECMA-376). No cell is a formula: text is stored as text, whatever it starts with.</summary>
internal static class WorkbookWriter
{
    private const int NarrowestColumn = 9;
    private const int WidestColumn = 40;
    private const int LongestText = 32767;

    /// <summary>Writes a workbook. The header of each sheet is bold, stays in view and has filters.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="sheets">The sheets, at least one.</param>
    public static void Write(Stream stream, IReadOnlyList<WorkbookSheet> sheets)
    {
        // Packed in memory first: the writer's calls are asynchronous, and the file's stream is not.
        using var content = new MemoryStream();
        WriteAsync(content, sheets).GetAwaiter().GetResult();
        content.Position = 0;
        content.CopyTo(stream);
    }

    private static async Task WriteAsync(MemoryStream content, IReadOnlyList<WorkbookSheet> sheets)
    {
        Spreadsheet workbook = await Spreadsheet.CreateNewAsync(content).ConfigureAwait(false);
        await using (workbook.ConfigureAwait(false))
        {
            StyleId bold = workbook.AddStyle(new Style { Font = { Bold = true } });
            foreach (WorkbookSheet sheet in sheets)
            {
                await workbook.StartWorksheetAsync(sheet.Name, OptionsOf(sheet)).ConfigureAwait(false);
                await workbook.AddHeaderRowAsync([.. sheet.Header], bold).ConfigureAwait(false);
                foreach (IReadOnlyList<object?> row in sheet.Rows)
                {
                    await workbook.AddRowAsync([.. row.Select(CellOf)]).ConfigureAwait(false);
                }
            }

            await workbook.FinishAsync().ConfigureAwait(false);
        }
    }

    private static WorksheetOptions OptionsOf(WorkbookSheet sheet)
    {
        var options = new WorksheetOptions { FrozenRows = 1, AutoFilter = new AutoFilterOptions($"A1:{ColumnName(sheet.Header.Count)}{sheet.Rows.Count + 1}") };
        for (int column = 1; column <= sheet.Header.Count; column++)
        {
            int index = column - 1;
            int longest = sheet.Rows.Select(row => row[index] is string text ? text.Length : 0).Append(sheet.Header[index].Length).Max();
            options.Column(column).Width = Math.Clamp(longest + 2, NarrowestColumn, WidestColumn);
        }

        return options;
    }

    private static string ColumnName(int column) => column <= 26 ? $"{(char)('A' + column - 1)}" : $"{ColumnName((column - 1) / 26)}{(char)('A' + ((column - 1) % 26))}";

    private static DataCell CellOf(object? value) => value switch
    {
        null => default,
        double number => double.IsFinite(number) ? new DataCell(number) : default,
        float number => float.IsFinite(number) ? new DataCell(number) : default,
        int number => new DataCell(number),
        long number => new DataCell(number),
        bool truth => new DataCell(truth),
        DateTime time => new DataCell(time),
        _ => new DataCell(TextOf(value)),
    };

    // XML has no control characters, and Excel refuses longer text.
    private static string TextOf(object value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
        text = text.Length > LongestText ? text[..LongestText] : text;
        return text.Any(IsControl) ? new string([.. text.Select(c => IsControl(c) ? '\uFFFD' : c)]) : text;
    }

    private static bool IsControl(char c) => char.IsControl(c) && c is not ('\t' or '\n' or '\r');
}
