using MedSeg.Help.Commands;
using MedSeg.Help.Markdown;

namespace MedSeg.Help.Tests;

/// <summary>Parameters whose text is on another page.</summary>
public sealed class ParameterReferenceTests
{
    private const string Size = "The size in pixels.\n\n- Type: Int32 · Default: 256 · Values: 16, 256";

    [Fact]
    public void Text_and_attributes_come_from_the_other_page()
    {
        CommandParameter size = SizeOf("Same as in [Get-Thing](Get-Thing.md#-size).", Size);

        Assert.Equal(("Size", "Int32", "256"), (size.Name, size.Type, size.Default));
        Assert.Equal(["The size in pixels.", "Values: 16, 256"], size.ShownText);
    }

    [Fact]
    public void Own_attributes_and_further_paragraphs_count()
    {
        CommandParameter size = SizeOf("Same as in [Get-Thing](Get-Thing.md#-size).\n\nIt must be even.\n\n- Type: Int32 · Required · Values: 16", Size);

        Assert.Equal(("Int32", true, "None"), (size.Type, size.IsRequired, size.Default));
        Assert.Equal(["The size in pixels.", "It must be even.", "Values: 16"], size.ShownText);
    }

    [Fact]
    public void Reference_may_lead_to_a_reference()
    {
        CommandParameter size = SizeOf(
            "Same as in [Get-Thing](Get-Thing.md#-size).",
            "Same as in [Test-Thing](Test-Thing.md#-size).\n\nIn both directions.",
            Size);

        Assert.Equal(["The size in pixels.", "In both directions.", "Values: 16, 256"], size.ShownText);
    }

    [Theory]
    [InlineData("Same as in [Find-Thing](Find-Thing.md#-size).", "There is no page Find-Thing.md")]
    [InlineData("Same as in [Get-Thing](Get-Thing.md#-depth).", "Get-Thing.md has no parameter '### -depth'")]
    [InlineData("Same as in [Get-Thing](Test-Thing.md#-size).", "The reference names Get-Thing, but its link leads to Test-Thing.md.")]
    [InlineData("Same as in [Get-Thing](Get-Thing.md).", "A reference is a paragraph of its own")]
    [InlineData("Same as in [Get-Thing](Get-Thing.md#-size). And more.", "A reference is a paragraph of its own")]
    [InlineData("Same as in [Set-Thing](Set-Thing.md#-size).", "The references go in a circle")]
    public void Reference_that_cannot_be_resolved_is_named_with_its_line(string reference, string problem)
    {
        PageException e = Assert.Throws<PageException>(() => SizeOf(reference, Size, Size));

        Assert.StartsWith(problem, e.Message, StringComparison.Ordinal);
        Assert.Equal(("Set-Thing.md", 13), (e.Path, e.Line));
    }

    [Fact]
    public void Circle_over_several_pages_is_an_error()
    {
        PageException e = Assert.Throws<PageException>(() => SizeOf("Same as in [Get-Thing](Get-Thing.md#-size).", "Same as in [Set-Thing](Set-Thing.md#-size)."));

        Assert.StartsWith("The references go in a circle", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Second_reference_is_an_error()
    {
        const string reference = "Same as in [Get-Thing](Get-Thing.md#-size).";

        Assert.Throws<PageException>(() => SizeOf($"{reference}\n\n{reference}", Size));
    }

    /// <summary>Reads the pages of Set-Thing, Get-Thing and Test-Thing.</summary>
    /// <returns>The parameter -Size of Set-Thing.</returns>
    private static CommandParameter SizeOf(string set, string get, string test = Size)
    {
        MarkdownPage[] pages = [TestPage.WithParameter("Get-Thing", get), TestPage.WithParameter("Set-Thing", set), TestPage.WithParameter("Test-Thing", test)];
        return Assert.Single(CommandPages.Read(pages).Single(page => page.Name == "Set-Thing").Parameters);
    }
}
