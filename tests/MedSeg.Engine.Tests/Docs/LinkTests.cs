using System.Reflection;
using System.Text.RegularExpressions;

namespace MedSeg.Tests.Docs;

/// <summary>Checks that links between the Markdown pages of the repository lead somewhere.</summary>
public sealed partial class LinkTests
{
    private static readonly string[] s_built = ["bin", "obj", "out", "TestResults"];
    private static readonly string s_root = typeof(LinkTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    public static TheoryData<string> Pages() => [.. PagesIn(s_root).Select(page => Path.GetRelativePath(s_root, page).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    [Fact]
    public void Pages_are_found()
    {
        string[] pages = [.. Pages().Select(row => row.Data)];

        Assert.Contains("README.md", pages);
        Assert.Contains("docs/commands/Start-MedSegTraining.md", pages);
        Assert.NotEmpty(LinksOf(File.ReadAllText(Path.Combine(s_root, "README.md"))));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Relative_links_lead_to_files_and_headings(string page)
    {
        string path = Path.Combine(s_root, page);

        Assert.All(LinksOf(File.ReadAllText(path)), link => Assert.True(Leads(path, link), link));
    }

    [Fact]
    public void Index_lists_every_page_of_docs()
    {
        string docs = Path.Combine(s_root, "docs");
        string[] listed = [.. LinksOf(File.ReadAllText(Path.Combine(docs, "README.md"))).Select(link => Path.GetFullPath(Path.Combine(docs, link.Split('#')[0])))];

        Assert.Empty(Directory.GetFiles(docs, "*.md").Append(Path.Combine(docs, "commands", "README.md")).Except([Path.Combine(docs, "README.md"), .. listed]).Select(page => Path.GetRelativePath(docs, page)));
    }

    [Fact]
    public void Broken_links_are_noticed()
    {
        string readme = Path.Combine(s_root, "README.md");

        Assert.Equal(["none.md", "docs/a.md#b"], LinksOf("[a](none.md), `[b](not.md)`, [c](docs/a.md#b), [d](https://example.org)\n```\n[e](not.md)\n```\n"));
        Assert.True(Leads(readme, "LICENSE"));
        Assert.False(Leads(readme, "none.md"));
        Assert.True(Leads(readme, "docs/metrics.md#distances"));
        Assert.False(Leads(readme, "docs/metrics.md#none"));
        Assert.False(Leads(readme, "Docs/metrics.md"));
    }

    private static IEnumerable<string> PagesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*.md").Concat(
            Directory.EnumerateDirectories(folder)
                .Where(inner => !s_built.Contains(Path.GetFileName(inner)) && !Path.GetFileName(inner).StartsWith('.'))
                .SelectMany(PagesIn));

    private static IEnumerable<string> LinksOf(string text) =>
        Link().Matches(Code().Replace(text, string.Empty)).Select(link => link.Groups[1].Value).Where(link => !link.Contains(':', StringComparison.Ordinal));

    private static bool Leads(string page, string link)
    {
        string[] parts = link.Split('#');
        string target = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]));
        return HasExactName(target) && (parts.Length == 1 || HeadingsOf(target).Contains(parts[1]));
    }

    // File systems of Windows and macOS overlook the case of a name; the web server that shows the pages does not.
    private static bool HasExactName(string path)
    {
        string parent = Path.GetDirectoryName(path)!;
        return path.Length <= s_root.Length || (Directory.Exists(parent) && Directory.EnumerateFileSystemEntries(parent).Any(entry => Path.GetFileName(entry) == Path.GetFileName(path)) && HasExactName(parent));
    }

    private static IEnumerable<string> HeadingsOf(string page) =>
        Heading().Matches(Fence().Replace(File.ReadAllText(page), string.Empty)).Select(heading => NotInAnchor().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-'));

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^(`{3,}).*?^\1|`[^`\n]+`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^(`{3,}).*?^\1", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
