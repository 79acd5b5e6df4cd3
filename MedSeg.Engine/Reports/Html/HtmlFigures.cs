using System.Globalization;

namespace MedSeg.Reports.Html;

/// <summary>Writes the few numbers that a page begins with, each with what it counts.</summary>
internal static class HtmlFigures
{
    /// <summary>Writes numbers.</summary>
    /// <param name="page">The page.</param>
    /// <param name="figures">The numbers as text, and what they are.</param>
    public static void Write(HtmlWriter page, params IEnumerable<(string Value, string What)> figures)
    {
        page.Open("div", ("class", "figures"));
        foreach ((string value, string what) in figures)
        {
            page.Open("div");
            page.Element("b", value);
            page.Text(what);
            page.Close();
        }

        page.Close();
    }

    /// <summary>Returns a count with its thousands apart, in the invariant culture.</summary>
    /// <param name="count">The count.</param>
    public static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
