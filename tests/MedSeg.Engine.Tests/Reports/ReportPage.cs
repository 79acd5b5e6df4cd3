using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace MedSeg.Tests.Reports;

/// <summary>A page of HTML as a browser would see it.</summary>
internal sealed partial class ReportPage
{
    private ReportPage(string html)
    {
        Html = html;
        using var reader = XmlReader.Create(new StringReader(CodePattern().Replace(html, "$1$3")), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        Root = XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!;
    }

    /// <summary>Gets the text of the page.</summary>
    public string Html { get; }

    /// <summary>Gets the elements; the page must be well-formed. Script and style, which are not XML, are empty.</summary>
    public XElement Root { get; }

    /// <summary>Gets the cards of slices, in their order.</summary>
    public XElement[] Cards => [.. Root.Descendants("div").Where(card => card.Attribute("data-key") is not null)];

    /// <summary>Writes a page and reads it.</summary>
    public static ReportPage Of(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return new ReportPage(Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>Requires what all pages have in common: nothing from outside, one script, a table of contents, and alternative texts.</summary>
    public void RequireSelfContained()
    {
        XElement[] all = [.. Root.DescendantsAndSelf()];
        XAttribute[] references = [.. all.Attributes().Where(a => a.Name.LocalName is "src" or "href" or "action" or "data" or "srcset" or "poster")];
        Assert.All(references, reference => Assert.Matches(@"^(data:image/(jpeg|png|svg\+xml);base64,|#)", reference.Value));
        Assert.DoesNotMatch(@"https?:|//[a-z0-9.-]+/|@import|url\(|fetch\(|XMLHttpRequest|WebSocket|<link|<script ", DataPattern().Replace(Html, string.Empty));
        Assert.Single(all, e => e.Name == "script");
        Assert.DoesNotContain(all.Attributes(), a => a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.StartsWith("default-src 'none'; img-src data:;", all.Attributes("content").First(a => a.Parent!.Attribute("http-equiv") is not null).Value, StringComparison.Ordinal);
        Assert.All(all.Where(e => e.Name == "img"), image => Assert.NotEmpty(image.Attribute("alt")!.Value));

        string[] ids = [.. all.Attributes("id").Select(a => a.Value)];
        Assert.Equal(ids.Distinct(), ids);
        string[] landmarks = [.. all.Where(e => e.Name == "nav" || (string?)e.Attribute("role") == "region").Select(e => e.Attribute("aria-label")!.Value), .. Root.Descendants("h2").Select(h => h.Value)];
        Assert.Equal(landmarks.Distinct(), landmarks);
        Assert.Empty(references.Where(r => r.Value.StartsWith('#')).Select(r => r.Value[1..]).Except(ids));
        Assert.Equal(
            Root.Descendants("h2").Select(h => h.Value),
            Root.Descendants("nav").Single().Descendants("a").Select(a => a.Value));
    }

    [GeneratedRegex("(<(script|style)>).*?(</\\2>)", RegexOptions.Singleline)]
    private static partial Regex CodePattern();

    [GeneratedRegex("data:image/[^\"]+")]
    private static partial Regex DataPattern();
}
