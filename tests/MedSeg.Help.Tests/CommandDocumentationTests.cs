using System.Text.RegularExpressions;
using MedSeg.Help.Commands;
using MedSeg.Help.Markdown;

namespace MedSeg.Help.Tests;

/// <summary>The pages in docs/commands.</summary>
public sealed partial class CommandDocumentationTests
{
    // Shorter texts, such as "Overwrites an existing file.", are clearer than a reference.
    private const int LongestCopy = 60;

    [Fact]
    public void Synopsis_is_one_short_sentence()
    {
        Assert.NotEmpty(Documentation.Commands);
        Assert.All(Documentation.Commands, page =>
        {
            Assert.Matches(@"^[A-Z][^.]*(\.\w[^.]*)*\.$", page.Synopsis);
            Assert.InRange(page.Synopsis.Length, 20, 110);
        });
    }

    [Fact]
    public void Every_parameter_has_a_text_of_sentences() =>
        Assert.All(Documentation.Commands.SelectMany(page => page.Parameters), parameter =>
        {
            Assert.NotEmpty(parameter.Text);
            Assert.All(parameter.Text, paragraph => Assert.Matches(@"^[A-Z0-9].*[.:]$", paragraph.ReplaceLineEndings(" ")));
        });

    [Fact]
    public void No_parameter_text_is_on_two_pages()
    {
        IEnumerable<IGrouping<string, string>> copies = Directory.GetFiles(Path.Combine(Documentation.Root, "docs", "commands"), "*-*.md")
            .SelectMany(path => OwnTexts(MarkdownPage.Read(path)).Distinct().Select(text => (Page: Path.GetFileName(path), Text: text)))
            .GroupBy(own => own.Text, own => own.Page)
            .Where(pages => pages.Count() > 1 && pages.Key.Length > LongestCopy && !LiteralPath().IsMatch(pages.Key));

        Assert.Empty(copies.Select(pages => $"{string.Join(", ", pages)}: {pages.Key}"));
    }

    [Fact]
    public void Every_page_links_to_others() =>
        Assert.All(Documentation.Commands, page => Assert.NotEmpty(page.Links));

    [Fact]
    public void Every_link_leads_to_a_file_and_a_heading()
    {
        string folder = Path.Combine(Documentation.Root, "docs", "commands");
        foreach (string path in Directory.GetFiles(folder, "*.md").Where(path => Path.GetFileName(path) != "README.md"))
        {
            foreach (Match link in Link().Matches(File.ReadAllText(path)).Where(link => !link.Value.Contains("://", StringComparison.Ordinal)))
            {
                string target = Path.Combine(folder, link.Groups["file"].Value);
                Assert.True(File.Exists(target), $"{path}: {link.Value} leads to no file.");
                string anchor = link.Groups["anchor"].Value;
                Assert.True(anchor.Length == 0 || AnchorsOf(target).Contains(anchor), $"{path}: {link.Value} leads to no heading.");
            }
        }
    }

    private static IEnumerable<string> OwnTexts(MarkdownPage page) =>
        CommandPageReader.Read(page).Parameters.Where(parameter => parameter.Name is not ("WhatIf" or "Confirm")).SelectMany(parameter => parameter.Text);

    private static IEnumerable<string> AnchorsOf(string path) =>
        File.ReadLines(path).Where(line => line.StartsWith('#')).Select(line => line.TrimStart('#', ' ').ToLowerInvariant().Replace(' ', '-'));

    [GeneratedRegex("^Same as -Path, but without wildcards")]
    private static partial Regex LiteralPath();

    [GeneratedRegex(@"\]\((?<file>[^)#]+)(#(?<anchor>[^)]+))?\)")]
    private static partial Regex Link();
}
