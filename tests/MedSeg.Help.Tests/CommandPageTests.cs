using MedSeg.Help.Commands;
using MedSeg.Help.Markdown;

namespace MedSeg.Help.Tests;

/// <summary>Command pages, read.</summary>
public sealed class CommandPageTests
{
    private readonly CommandPage _page = CommandPageReader.Read(TestPage.Of("Get-Thing", TestPage.Thing));

    [Fact]
    public void Texts_are_plain_and_lines_joined()
    {
        Assert.Equal("Gets a thing.", _page.Synopsis);
        Assert.Equal(["Reads things, as the guide says."], _page.Description);
        Assert.Equal(["A note."], _page.Notes!);
    }

    [Fact]
    public void Attributes_of_a_parameter_are_read()
    {
        CommandParameter path = _page.Parameters[0];
        CommandParameter size = _page.Parameters[2];

        Assert.Equal(("Path", "String[]", true, "0", "True (ByValue, ByPropertyName)", true, "FullName", "None"), (path.Name, path.Type, path.IsRequired, path.Position, path.Pipeline, path.AcceptsWildcards, path.Aliases, path.Default));
        Assert.Equal(("Size", "Int32", false, "named", "False", false, "none", "256"), (size.Name, size.Type, size.IsRequired, size.Position, size.Pipeline, size.AcceptsWildcards, size.Aliases, size.Default));
        Assert.Equal(["The size in pixels.", "Even numbers are faster.", "Values: 16, 256"], size.ShownText);
    }

    [Fact]
    public void Syntax_says_what_each_call_requires()
    {
        Assert.Equal(2, _page.Syntax.Count);
        Assert.Equal([("Path", true), ("Size", false), ("Force", false)], _page.Syntax[0].Parameters);
        Assert.Equal([("LiteralPath", true), ("Size", false), ("WhatIf", false), ("Confirm", false)], _page.Syntax[1].Parameters);
        Assert.Equal(["Path", "LiteralPath", "Size", "Force", "WhatIf", "Confirm"], _page.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void Types_are_headings_or_the_first_sentence()
    {
        DescribedType input = Assert.Single(_page.Inputs);
        DescribedType output = Assert.Single(_page.Outputs);

        Assert.Equal("None", input.Name);
        Assert.Empty(input.Text);
        Assert.Equal("MedSeg.Thing", output.Name);
        Assert.Equal(["The thing."], output.Text);
    }

    [Fact]
    public void Code_of_an_example_stays_as_it_is()
    {
        Assert.Equal(3, _page.Examples.Count);
        Assert.Equal("Example 1: One", _page.Examples[0].Title);
        Assert.Equal("Get-Thing `a`", _page.Examples[0].Code);
        Assert.Equal(["Gets one."], _page.Examples[0].Remarks);
    }

    [Fact]
    public void Only_addresses_of_the_web_are_links_in_a_console() =>
        Assert.Equal([new RelatedLink("Set-Thing", ""), new RelatedLink("The standard", "https://example.org/standard")], _page.Links);

    [Theory]
    [InlineData("# Get-Thing", "# Get-Things", 1, "The heading is 'Get-Things', but the file's name is 'Get-Thing'.")]
    [InlineData("Gets a **thing**.", "Gets.\n\nMore.", 1, "One paragraph, the synopsis")]
    [InlineData("## Outputs", "## Output", 1, "The section '## Outputs' is missing.")]
    [InlineData("## Notes", "## Remarks", 82, "'## Remarks' is not a section")]
    [InlineData("Reads `things`, as\n[the guide](../guide.md) says.", "", 5, "The description is empty.")]
    [InlineData("\nReplaces files.\n", "", 40, "-Force has no text.")]
    [InlineData("- Type: SwitchParameter", "", 40, "-Force has no line of attributes")]
    [InlineData("Default: 256", "Standard: 256", 38, "'Standard: 256' is not an attribute")]
    [InlineData("### -Size", "### Size", 32, "The heading of a parameter begins with a dash")]
    [InlineData("[-Force] ", "", 40, "-Force is described, but is not in the syntax.")]
    [InlineData("[-Force] ", "[-Force] [-Deep] ", 10, "-Deep is in the syntax, but '### -Deep' is missing")]
    [InlineData("None.", "", 46, "'## Inputs' is empty")]
    [InlineData("### Example 3: Three", "#### Example 3", 56, "There are 2 examples")]
    [InlineData("Gets a third.", "", 74, "The example has no explanation.")]
    [InlineData("```\n\nGets a third.", "Gets a third.", 76, "The code block is not closed.")]
    [InlineData("## Description", "### Description", 5, "The heading 'Description' skips a level.")]
    public void Mistake_is_named_with_its_line(string old, string text, int line, string problem)
    {
        PageException e = Assert.Throws<PageException>(() => TestPage.ReadWith(old, text));

        Assert.StartsWith(problem, e.Message, StringComparison.Ordinal);
        Assert.Equal(("Get-Thing.md", line), (e.Path, e.Line));
    }
}
