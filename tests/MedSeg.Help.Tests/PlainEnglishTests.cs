using System.Text.RegularExpressions;

namespace MedSeg.Help.Tests;

/// <summary>Words that readers of the documentation would not search for, or would not say.</summary>
public sealed class PlainEnglishTests
{
    private static readonly string[] s_folders = ["", "docs", "docs/commands", "docs/decisions", "examples", "tests/Pester"];

    // What to avoid, as a regular expression, and what to write instead.
    private static readonly (string Avoid, string Write)[] s_words =
    [
        (@"to the bit", "bit-identical"),
        (@"no numbers?\b (any ?more)?", "NaN"),
        (@"\b(is|are) told\b", "is reported, is listed"),
        (@"\btells (of|which|what|how)\b", "reports, shows"),
        (@"(?<!logical )\bprocessors?\b", "CPU"),
        (@"\bcards?\b(?! reader)", "GPU"),
        (@"\bendings?\b", "extension"),
        (@"\bgo(es|ing)? on\b", "continue, resume"),
        (@"\bstands? (in|beside|for)\b", "is in, means"),
        (@"\bbeside\b", "next to, in addition"),
        (@"\blacks?\b|\blacking\b", "does not have, is missing"),
        (@"\bwhatever\b", "whichever, any"),
        (@"\bmends?\b", "fixes"),
        (@"\bpassed? over\b", "skipped, ignored"),
        (@"\bparted by\b", "separated by"),
        (@"\b(this|that|it) is no\b", "this is not a"),
        (@"\ban? [a-z]+ of (its|their) own name\b", "with the same name"),
        (@"\bas (it|they) stands?\b", "unchanged, literally"),
        (@"\banew\b", "again, newly"),
        (@"\bleft alone\b", "unattended"),
        (@"\brunning mean\b", "exponential moving average (EMA)"),
    ];

    [Fact]
    public void Documentation_uses_the_words_that_readers_know()
    {
        string[] pages = [.. s_folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Documentation.Root, folder), "*.md"))];

        Assert.NotEmpty(pages);
        string[] complaints = [.. pages.SelectMany(path => Complaints(Path.GetRelativePath(Documentation.Root, path), File.ReadAllText(path)))];
        Assert.True(complaints.Length == 0, string.Join('\n', complaints));
    }

    [Theory]
    [InlineData("The weights are equal to the\nbit.", "bit-identical")]
    [InlineData("It runs on the processor.", "CPU")]
    [InlineData("A file with the ending .png.", "extension")]
    [InlineData("What is wrong is told.", "is reported")]
    public void Words_are_found(string text, string instead) =>
        Assert.Contains(instead, Assert.Single(Complaints("page.md", text)), StringComparison.Ordinal);

    [Fact]
    public void Words_of_the_field_are_no_complaint() =>
        Assert.Empty(Complaints("page.md", "The logical processors that MedSeg may use, on a GPU. Discarded. Understands. Sending."));

    private static IEnumerable<string> Complaints(string path, string text) =>
        from word in s_words
        from match in Regex.Matches(text, word.Avoid.Replace(" ", @"\s+", StringComparison.Ordinal), RegexOptions.IgnoreCase)
        select $"{path}({text.AsSpan(0, match.Index).Count('\n') + 1}): '{match.Value}'; write {word.Write}";
}
