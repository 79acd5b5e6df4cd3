namespace MedSeg.Reports.Html;

/// <summary>Writes a table that can be sorted by its columns, in a box that scrolls where the screen is too narrow.</summary>
internal static class HtmlTable
{
    /// <summary>Opens a table and writes its head; <see cref="Close"/> finishes it.</summary>
    /// <param name="page">The page.</param>
    /// <param name="caption">What the table shows, for those who cannot see it.</param>
    /// <param name="columns">The titles of the columns.</param>
    /// <param name="isSortable">Whether the reader can sort the rows.</param>
    public static void Open(HtmlWriter page, string caption, IEnumerable<string> columns, bool isSortable = true)
    {
        page.Open("div", ("class", "scroll"), ("role", "region"), ("aria-label", "Table: " + caption), ("tabindex", "0"));
        page.Open("table", ("class", isSortable ? "sortable" : null));
        page.Element("caption", caption, ("class", "hidden"));
        page.Open("thead");
        page.Open("tr");
        foreach (string column in columns)
        {
            page.Element("th", column, ("scope", "col"));
        }

        page.Close();
        page.Close();
        page.Open("tbody");
    }

    /// <summary>Finishes a table.</summary>
    /// <param name="page">The page.</param>
    public static void Close(HtmlWriter page)
    {
        page.Close();
        page.Close();
        page.Close();
    }

    /// <summary>Writes a table of two columns: names and values.</summary>
    /// <param name="page">The page.</param>
    /// <param name="caption">What the table shows.</param>
    /// <param name="rows">The names and values; those without a value are left out.</param>
    public static void WriteFacts(HtmlWriter page, string caption, IEnumerable<(string Name, object? Value)> rows)
    {
        page.Open("table", ("class", "facts"));
        page.Element("caption", caption, ("class", "hidden"));
        page.Open("tbody");
        foreach ((string name, object? value) in rows)
        {
            if (value is not null)
            {
                page.Open("tr");
                page.Element("th", name, ("scope", "row"));
                page.Element("td", value);
                page.Close();
            }
        }

        page.Close();
        page.Close();
    }

    /// <summary>Writes a cell with a number.</summary>
    /// <param name="page">The page.</param>
    /// <param name="value">The value that rows are sorted by; null for an unknown one.</param>
    /// <param name="format">How it is shown, in the invariant culture.</param>
    public static void Number(HtmlWriter page, double? value, string format)
    {
        bool isKnown = value is { } number && double.IsFinite(number);
        page.Element("td", isKnown ? value!.Value.ToString(format, System.Globalization.CultureInfo.InvariantCulture) : "–", ("class", "number"), ("data-value", isKnown ? value!.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : ""));
    }
}
