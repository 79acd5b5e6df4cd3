using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MedSeg.Reports.Html;

/// <summary>
/// Writes a report as one HTML file without references to others: style, script and pictures are inside. A content security policy keeps
/// the browser from loading anything else, and from running any script but the page's own.
/// </summary>
internal static class HtmlPage
{
    private static readonly string s_style = PageResource.Read("Page.css");
    private static readonly string s_script = PageResource.Read("Page.js");

    /// <summary>Writes a page.</summary>
    /// <param name="html">The stream to write to, in UTF-8; it stays open.</param>
    /// <param name="title">The heading of the page.</param>
    /// <param name="subtitle">What the page is about, such as the name of a folder.</param>
    /// <param name="sections">The sections.</param>
    /// <param name="key">What the browser keeps the reader's decisions under; null if there are none to make.</param>
    /// <param name="scripts">The scripts that follow the page's own; null for none.</param>
    public static void Write(Stream html, string title, string subtitle, IReadOnlyList<PageSection> sections, string? key = null, IReadOnlyList<string>? scripts = null)
    {
        string[] all = [s_script, .. scripts ?? []];
        using var writer = new StreamWriter(html, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        var page = new HtmlWriter(writer);
        writer.WriteLine("<!DOCTYPE html>");
        page.Open("html", ("lang", "en"));
        WriteHead(writer, page, title, all);
        page.Open("body", ("data-review", key));
        page.Element("a", "Skip to the report", ("class", "skip"), ("href", "#report"));
        page.Open("header");
        page.Element("h1", title);
        page.Element("p", subtitle, ("class", "soft path"));
        page.Close();
        WriteContents(page, sections);
        page.Open("main", ("id", "report"));
        foreach (PageSection section in sections)
        {
            page.Open("section", ("aria-labelledby", section.Id));
            page.Element("h2", section.Title, ("id", section.Id), ("tabindex", "-1"));
            section.Write(page);
            page.Close();
        }

        page.Close();
        string version = typeof(HtmlPage).Assembly.GetName().Version!.ToString(3);
        page.Element("footer", string.Create(CultureInfo.InvariantCulture, $"Written by MedSeg {version} on {DateTime.Now:yyyy-MM-dd HH:mm}."), ("class", "soft"));
        foreach (string script in all)
        {
            writer.Write("\n<script>");
            writer.Write(script);
            writer.WriteLine("</script>");
        }

        page.Close();
        page.Close();
    }

    private static void WriteHead(StreamWriter writer, HtmlWriter page, string title, string[] scripts)
    {
        page.Open("head");
        page.Empty("meta", ("charset", "utf-8"));
        page.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {string.Join(' ', scripts.Select(script => $"'sha256-{Digest(script)}'"))}; base-uri 'none'; form-action 'none'"));
        page.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        page.Empty("meta", ("name", "referrer"), ("content", "no-referrer"));
        page.Element("title", title);
        writer.Write("\n<style>");
        writer.Write(s_style);
        writer.WriteLine("</style>");
        page.Close();
    }

    private static void WriteContents(HtmlWriter page, IReadOnlyList<PageSection> sections)
    {
        page.Open("nav", ("aria-label", "Contents"), ("class", "contents"));
        page.Open("ol");
        foreach (PageSection section in sections)
        {
            page.Open("li");
            page.Element("a", section.Title, ("href", "#" + section.Id));
            page.Close();
        }

        page.Close();
        page.Close();
    }

    private static string Digest(string script) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
}
