using System.Text;
using MedSeg.Formats.LabelTables;
using MedSeg.Imaging;

namespace MedSeg.Tests.Formats.Outlines;

public sealed class LabelTableTests
{
    [Fact]
    public void Tables_that_are_written_are_read()
    {
        string[] names = ["psoas left", "disc"];

        Assert.Equal([(0, "Clear Label"), (1, "psoas left"), (2, "disc")], LabelTable.Decode(LabelTable.ToItkSnap(names), "a.label")!.Select(entry => (entry.Value, entry.Name)));
        Assert.Equal([(0, "Background"), (1, "psoas left"), (2, "disc")], LabelTable.Decode(LabelTable.ToSlicer(names), "a.ctbl")!.Select(entry => (entry.Value, entry.Name)));
        Assert.Equal(RoiPalette.ColorOf(2), LabelTable.Decode(LabelTable.ToSlicer(names), "a.ctbl")![2].Color);
    }

    [Theory]
    [InlineData("a.label", "5 1 2 3 1 1 1 \"L4 disc\"\r\n", "L4 disc")]
    [InlineData("a.label", "\uFEFF# comment\n\n 5  1  2  3  0.5  1  1   \"L4 \"", "L4")]
    [InlineData("a.ctbl", "# Color table file x.ctbl\n5 L4_disc 1 2 3 255\n", "L4 disc")]
    [InlineData("a.ctbl", "5 L4 disc 1 2 3 255", null)]
    [InlineData("a.label", "#!ascii label, from subject x\n3\n12 1.0 2.0 3.0 0.5", null)]
    [InlineData("a.label", "5 1 2 300 1 1 1 \"L4\"", null)]
    [InlineData("a.label", "5 1 2 3 1 1 1 \"", null)]
    public void Lines_are_read_as_the_programs_write_them(string path, string text, string? name)
    {
        IReadOnlyList<LabelTableEntry>? entries = LabelTable.Decode(Encoding.UTF8.GetBytes(text), path);

        Assert.Equal(name is null ? null : new LabelTableEntry(5, name, new RgbColor(1, 2, 3)), entries?.Single());
    }
}
