using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MedSeg.Reports.Html;

/// <summary>Writes what a reader accepts and rejects slices with; the page's script keeps the decisions and saves them as CSV.</summary>
internal static class ReviewControls
{
    private static readonly (string Value, string Label)[] s_decisions = [("Accept", "Accept"), ("Reject", "Reject"), ("", "Undecided")];

    /// <summary>Returns what the browser keeps the decisions under: the same for a report of the same slices that is written again.</summary>
    /// <param name="items">The slices.</param>
    public static string KeyOf(IEnumerable<ReviewItem> items) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', items.Select(item => item.Key)))), 0, 8);

    /// <summary>Writes the bar with filters and buttons.</summary>
    /// <param name="page">The page.</param>
    /// <param name="items">The slices.</param>
    /// <param name="csvName">The name of the CSV file.</param>
    public static void WriteTools(HtmlWriter page, IReadOnlyList<ReviewItem> items, string csvName)
    {
        page.Element("p", "Accept or reject each slice; the browser keeps your decisions. Save them as CSV into the folder of this page and read the file with Import-MedSegReview.");
        page.Element("p", "Keys on a slice that has the focus: A accepts, R rejects, U undoes, C goes to the comment, J and K go to the next and the previous slice.", ("class", "soft keys"));
        page.Open("div", ("class", "tools"));
        WriteInput(page);
        WriteSelect(page, "flag", "Flag", [("", "all"), ("any", "any flag"), .. items.SelectMany(item => item.Codes).Distinct().Order(StringComparer.Ordinal).Select(code => (code, code))]);
        string[] series = [.. items.Select(item => item.Series).Where(name => name.Length > 0).Distinct()];
        if (series.Length > 1)
        {
            WriteSelect(page, "series", "Series", [("", "all"), .. series.Select(name => (name, name))]);
        }

        WriteSelect(page, "decision", "Decision", [("", "all"), ("undecided", "undecided"), ("Accept", "accepted"), ("Reject", "rejected")]);
        page.Element("button", "Accept all shown undecided", ("type", "button"), ("data-accept", true));
        page.Element("button", "Save decisions as CSV", ("type", "button"), ("class", "save"), ("data-save", csvName));
        page.Element("button", "Print", ("type", "button"), ("data-print", true));
        page.Element("span", string.Empty, ("role", "status"), ("data-status", true), ("class", "soft"));
        page.Close();
        page.Element("p", "This browser does not keep decisions for files. Save the CSV before you close the page.", ("class", "note"), ("data-not-kept", true), ("hidden", true));
    }

    /// <summary>Opens the card of a slice; <see cref="HtmlWriter.Close"/> closes it.</summary>
    /// <param name="page">The page.</param>
    /// <param name="item">The slice.</param>
    /// <param name="number">The number of the card on the page.</param>
    public static void OpenCard(HtmlWriter page, ReviewItem item, int number) => page.Open(
        "div", ("id", IdOf(number)), ("class", item.Codes.Count > 0 ? "card flagged" : "card"), ("role", "group"), ("tabindex", "0"), ("aria-labelledby", IdOf(number) + "-name"),
        ("data-key", item.Key), ("data-name", item.Name), ("data-series", item.Series), ("data-frame", item.Frame?.ToString(CultureInfo.InvariantCulture) ?? string.Empty), ("data-axis", item.Axis), ("data-channels", item.Channels.Length == 0 ? null : item.Channels), ("data-image", item.Image), ("data-mask", item.Mask),
        ("data-codes", string.Join(' ', item.Codes)));

    /// <summary>Returns the id of a card, to which tables link.</summary>
    /// <param name="number">The number of the card on the page.</param>
    public static string IdOf(int number) => FormattableString.Invariant($"slice-{number}");

    /// <summary>Writes the decision and the comment of a card.</summary>
    /// <param name="page">The page.</param>
    /// <param name="item">The slice.</param>
    /// <param name="number">The number of the card on the page.</param>
    public static void WriteDecision(HtmlWriter page, ReviewItem item, int number)
    {
        string id = IdOf(number);
        page.Open("fieldset", ("class", "review"));
        page.Element("legend", $"Decision on {item.Name}", ("class", "hidden"));
        foreach ((string value, string label) in s_decisions)
        {
            page.Open("label");
            page.Empty("input", ("type", "radio"), ("name", id), ("value", value), ("checked", value.Length == 0));
            page.Text(" " + label);
            page.Close();
        }

        page.Empty("input", ("type", "text"), ("aria-label", $"Comment on {item.Name}"), ("placeholder", "Comment"));
        page.Close();
    }

    private static void WriteInput(HtmlWriter page)
    {
        page.Open("label");
        page.Text("Name");
        page.Empty("input", ("type", "search"), ("data-filter", "text"), ("size", "12"));
        page.Close();
    }

    private static void WriteSelect(HtmlWriter page, string filter, string label, IEnumerable<(string Value, string Text)> choices)
    {
        page.Open("label");
        page.Text(label);
        page.Open("select", ("data-filter", filter));
        foreach ((string value, string text) in choices)
        {
            page.Element("option", text, ("value", value));
        }

        page.Close();
        page.Close();
    }
}
