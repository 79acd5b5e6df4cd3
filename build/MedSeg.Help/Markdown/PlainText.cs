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
    /// <returns>For each row <c>- first cell: second; third</c>, in Markdown.</returns>
    public static IEnumerable<string> ItemsOf(IEnumerable<string> table) => table.Skip(2).Select(ItemOf);

    private static string ItemOf(string row)
    {
        string[] cells = row.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);
        return $"- {cells[0]}: {string.Join("; ", cells.Skip(1))}";
    }

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*([^*]+)\*\*|`([^`]+)`")]
    private static partial Regex Mark();
}
