using MedSeg.Help.Markdown;

namespace MedSeg.Help.Tests;

/// <summary>Markdown, as far as the pages use it.</summary>
public sealed class SectionReaderTests
{
    [Fact]
    public void Sections_nest_by_level()
    {
        Section root = Assert.Single(Read("# A", "", "## B", "", "### C", "", "## D"));

        Assert.Equal(["B", "D"], root.Children.Select(child => child.Title));
        Assert.Equal(("C", 5), (Assert.Single(root.Children[0].Children).Title, root.Children[0].Children[0].Line));
    }

    [Fact]
    public void List_keeps_its_lines_and_joins_what_continues_an_item()
    {
        Section root = Assert.Single(Read("# A", "", "- one", "  goes on", "- two", "", "1. first", "2. second"));

        Assert.Equal(["- one goes on\n- two", "1. first\n2. second"], root.Paragraphs.Select(paragraph => paragraph.Text));
    }

    [Fact]
    public void Bold_text_at_the_beginning_of_a_line_is_no_item()
    {
        Section root = Assert.Single(Read("# A", "", "one", "**two", "three**"));

        Assert.Equal("one two three", Assert.Single(root.Paragraphs).Text);
    }

    [Fact]
    public void Picture_is_left_out()
    {
        Section root = Assert.Single(Read("# A", "", "Before.", "", "![A picture](a.png)", "", "After."));

        Assert.Equal(["Before.", "After."], root.Paragraphs.Select(paragraph => paragraph.Text));
    }

    [Fact]
    public void Table_becomes_a_list()
    {
        Section root = Assert.Single(Read("# A", "", "| file | what | why |", "|---|---|---|", "| `.log` | the **log** | - |", "", "After."));

        Assert.Equal(["- .log: what: the log; why: -", "After."], root.Paragraphs.Select(paragraph => paragraph.Text));
    }

    [Fact]
    public void Table_of_two_columns_needs_no_headings_in_its_list()
    {
        Section root = Assert.Single(Read("# A", "", "| file | contents |", "|---|---|", "| `.log` | the log |", "| `.run` | the state |"));

        Assert.Equal("- .log: the log\n- .run: the state", Assert.Single(root.Paragraphs).Text);
    }

    [Fact]
    public void Code_is_taken_as_it_is()
    {
        Section root = Assert.Single(Read("# A", "", "```powershell", "# `no` heading", "", "| x |", "```", "After."));

        Assert.Equal(["# `no` heading\n\n| x |", "After."], root.Paragraphs.Select(paragraph => paragraph.Text));
        Assert.Equal([true, false], root.Paragraphs.Select(paragraph => paragraph.IsCode));
    }

    private static IReadOnlyList<Section> Read(params string[] lines) => SectionReader.Read(new MarkdownPage("page.md", lines));
}
