using System.Text.RegularExpressions;

namespace MedSeg.Help.Markdown;

/// <summary>Turns Markdown into what a console can show.</summary>
internal static partial class PlainText
{
    /// <summary>Removes what only a browser shows: emphasis, code marks and the targets of links.</summary>
    /// <param name="markdown">The Markdown.</param>
    /// <returns>The text.</returns>
    public static string Of(string markdown) => Mark().Replace(Link().Replace(markdown, "$1"), "$1$2");

    /// <summary>Turns the rows of a table into the items of a list; a console shows no table.</summary>
    /// <param name="table">The lines of the table, its headings included.</param>
    /// <returns>
    /// In Markdown, <c>- first cell: second</c> for each row; where there are more columns, each cell follows its column's heading.
    /// </returns>
    public static IEnumerable<string> ItemsOf(IReadOnlyList<string> table)
    {
        string[] headings = CellsOf(table[0]);
        return table.Skip(2).Select(row => ItemOf(CellsOf(row), headings));
    }

    private static string ItemOf(string[] cells, string[] headings)
    {
        IEnumerable<string> others = cells.Length > 2 && headings.Length == cells.Length
            ? cells.Zip(headings, (cell, heading) => heading.Length > 0 ? $"{heading}: {cell}" : cell).Skip(1)
            : cells.Skip(1);
        return $"- {cells[0]}: {string.Join("; ", others)}";
    }

    private static string[] CellsOf(string row) => row.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*([^*]+)\*\*|`([^`]+)`")]
    private static partial Regex Mark();
}
