using MedSeg.Help.Markdown;
using MedSeg.Help.Topics;

namespace MedSeg.Help.Tests;

/// <summary>The topics' pages as text.</summary>
public sealed class AboutTopicTests
{
    private static readonly string[] s_begin = ["# about_Thing", "", "A `short` description.", ""];

    [Fact]
    public void Topic_begins_as_Get_Help_expects() =>
        Assert.Equal("TOPIC\n    about_Thing\n\nSHORT DESCRIPTION\n    A short description.\n\nLONG DESCRIPTION\n    First.\n", Write("First."));

    [Fact]
    public void Lines_break_at_80_characters_and_items_are_indented()
    {
        string word = new('x', 30);
        string text = Write("First.", "", $"- {word} {word} {word}", $"  {word}");

        Assert.EndsWith($"    First.\n\n    - {word} {word}\n      {word} {word}\n", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void Headings_are_capitals_and_code_is_indented_twice() =>
        Assert.EndsWith("    First.\n\nMORE CODE\n    Text.\n\n        Get-Thing\n\n        Get-Thing *\n\n    After.\n", Write("First.", "", "## More `code`", "", "Text.", "", "```powershell", "Get-Thing", "", "Get-Thing *", "```", "", "After."), StringComparison.Ordinal);

    [Fact]
    public void Table_becomes_a_list() =>
        Assert.EndsWith("    First.\n\n    - a: y: b; z: c\n    - d: y: e; z: f\n", Write("First.", "", "| x | y | z |", "|---|---|---|", "| a | b | c |", "| d | e | f |"), StringComparison.Ordinal);

    [Fact]
    public void Page_that_begins_otherwise_is_an_error()
    {
        PageException e = Assert.Throws<PageException>(() => AboutTopic.Write("about_Thing", new MarkdownPage("about_Thing.md", ["# about_Thing", "", new string('x', 77), "", "First."])));

        Assert.Equal(("about_Thing.md", 1), (e.Path, e.Line));
    }

    private static string Write(params string[] lines) => AboutTopic.Write("about_Thing", new MarkdownPage("about_Thing.md", [.. s_begin, .. lines]));
}
