using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Labels;

public sealed class LabelColorTests
{
    private static readonly string[] s_names = ["L psoas", "R psoas", "L4"];

    [Theory]
    [InlineData("colors_rgb8.png")]
    [InlineData("colors_rgba8.png")]
    [InlineData("colors_rgb16.png")]
    public void Colours_become_the_ROIs_of_the_map(string name)
    {
        LabelImage image = LabelReader.Read(ImagingData.PathOf(name), Map(("#FF0000", 1), ("lime", "R psoas"), ("#00f", 3)));

        Assert.True(image.IsMapped);
        Assert.Equal([0, 1, 2, 3, 1, 0], image.Values);
        Assert.Equal([0, 1, 2, 3, 1, 0], LabelSnap.Check(image, 3, map: new LabelMapping { Values = new Dictionary<float, int> { [1] = 2 } }).Roi!);
    }

    [Fact]
    public void Black_may_be_an_ROI_and_a_colour_background() =>
        Assert.Equal([2, 0, 0, 0, 0, 2], LabelReader.Read(ImagingData.PathOf("colors_rgb8.png"), Map(("#000", 2), ("red", 0), ("lime", 0), ("blue", 0))).Values);

    [Fact]
    public void Colours_that_are_not_in_the_map_are_listed_with_their_pixels()
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => LabelReader.Read(ImagingData.PathOf("colors_rgb8.png"), Map(("lime", 1))));

        Assert.Equal("LabelColorUnknown", error.ErrorId);
        Assert.Contains("#FF0000 (2 pixels), #0000FF (1 pixel).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_16_bit_colour_that_is_no_8_bit_one_is_not_rounded()
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => LabelReader.Read(ImagingData.PathOf("colors_rgb16_odd.png"), Map(("#FE0000", 1))));

        Assert.Contains("#FF0100000000 (1 pixel)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_advice_for_a_colour_mask_without_a_map_is_LabelColor() =>
        Assert.Contains("-LabelColor", Assert.Throws<FileFormatException>(() => LabelReader.Read(ImagingData.PathOf("colors_rgb8.png"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Grey_and_indexed_masks_keep_their_values() =>
        Assert.Equal(LabelReader.Read(ImagingData.PathOf("pillow_indexed8.png")).Values, LabelReader.Read(ImagingData.PathOf("pillow_indexed8.png"), Map(("red", 1))).Values);

    [Theory]
    [InlineData("#FF00", 1, "is not a colour")]
    [InlineData("reddish", 1, "is not a colour")]
    [InlineData("Control", 1, "is not a colour")]
    [InlineData("transparent", 1, "is not a colour")]
    [InlineData("red", 4, "from 0 (background) to 3")]
    public void What_is_no_colour_or_no_ROI_is_refused(string color, object roi, string inMessage)
    {
        MedSegException error = Assert.Throws<MedSegException>(() => Map((color, roi)));

        Assert.Equal("LabelColorInvalid", error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_colour_that_is_listed_twice_is_refused() =>
        Assert.Contains("#FF0000 is listed twice", Assert.Throws<MedSegException>(() => Map(("red", 1), ("#f00", 2))).Message, StringComparison.Ordinal);

    private static LabelMapping Map(params (object Key, object? Value)[] entries)
    {
        IReadOnlyDictionary<RgbColor, int> colors = new LabelMappingParser(s_names).ParseColors(entries.Select(e => KeyValuePair.Create(e.Key, e.Value)));
        return new LabelMapping { Colors = colors };
    }
}
