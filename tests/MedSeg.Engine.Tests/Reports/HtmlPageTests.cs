using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MedSeg.Reports.Html;

namespace MedSeg.Tests.Reports;

public sealed partial class HtmlPageTests
{
    private const string Evil = "</td><script>alert('\"&')</script>\u0001\uFFFF";
    private const string Shown = "</td><script>alert('\"&')</script>\uFFFD\uFFFD";

    [Fact]
    public void Text_and_attributes_are_escaped_wherever_they_are_written()
    {
        var page = ReportPage.Of(html => HtmlPage.Write(html, Evil, Evil, [new PageSection("a", Evil, writer =>
        {
            writer.Open("p", ("title", Evil));
            writer.Text(Evil);
            writer.Close();
            writer.Picture("AAAA", (1, 2), Evil);
            HtmlTable.Open(writer, Evil, [Evil]);
            HtmlTable.Close(writer);
            HtmlTable.WriteFacts(writer, "facts", [(Evil, Evil)]);
            RoiMark.WriteLegend(writer, [Evil]);
        })]));

        page.RequireSelfContained();
        Assert.Equal(Shown, page.Root.Descendants("p").Last().Value);
        Assert.Equal(Shown, page.Root.Descendants("p").Last().Attribute("title")!.Value);
        Assert.Equal(Shown, page.Root.Descendants("img").Single().Attribute("alt")!.Value);
        Assert.Equal([Shown, Shown], page.Root.Descendants("td").Select(c => c.Value).Concat(page.Root.Descendants("li").Skip(1).Select(i => i.Value)));
        Assert.Equal(Shown, page.Root.Descendants("title").Single().Value);
    }

    [Fact]
    public void Policy_allows_the_page_s_own_script_only()
    {
        string html = ReportPage.Of(stream => HtmlPage.Write(stream, "t", "s", [])).Html;

        string script = ScriptPattern().Match(html).Groups[1].Value;
        string digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
        Assert.Contains($"script-src &#39;sha256-{digest.Replace("+", "&#43;", StringComparison.Ordinal)}&#39;;", html.Replace("+", "&#43;", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain('\r', html);
    }

    [Fact]
    public void Unknown_numbers_are_a_dash_and_sort_as_unknown()
    {
        var page = ReportPage.Of(html => HtmlPage.Write(html, "t", "s", [new PageSection("a", "A", writer =>
        {
            HtmlTable.Number(writer, 1234.56, "N1");
            HtmlTable.Number(writer, null, "N1");
            HtmlTable.Number(writer, double.NaN, "N1");
        })]));

        Assert.Equal(["1,234.6 1234.56", "– ", "– "], page.Root.Descendants("td").Select(c => $"{c.Value} {c.Attribute("data-value")!.Value}"));
    }

    [GeneratedRegex("<script>(.*)</script>", RegexOptions.Singleline)]
    private static partial Regex ScriptPattern();
}
