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

    [Fact]
    public void Colours_that_are_listed_twice_or_are_none_name_the_parameter_and_what_is_allowed()
    {
        Assert.Equal("LabelColorInvalid", Assert.Throws<MedSegException>(() => Map(("red", 1), ("#f00", 2))).ErrorId);
        Assert.Equal("Use #RRGGBB or an HTML colour name, for example @{'#FF0000'=1; 'lime'=2}.", Assert.Throws<MedSegException>(() => Map(("reddish", 1))).Advice);
    }

    [Fact]
    public void Digits_of_a_colour_are_red_green_and_blue() =>
        Assert.Equal([new RgbColor(0x12, 0xAB, 0x34), new RgbColor(0x11, 0x22, 0x33)], Map(("#12AB34", 1), ("#123", 2)).Colors.Keys);

    [Fact]
    public void Unknown_colours_are_listed_by_frequency_with_ten_at_most()
    {
        var labels = new ColorLabels(Map(("red", 1)).Colors);
        Assert.Equal(1, labels.ValueOf(255, 0, 0, 255, isWide: false));
        labels.ThrowIfUnknown("m.png");
        for (int i = 0; i < 10; i++)
        {
            // The greater the number, the more frequent is the colour.
            for (int n = 0; n <= i; n++)
            {
                Assert.Equal(0, labels.ValueOf(0x12, 0xA0 + i, 0x34, 255, isWide: false));
            }
        }

        const string ten = "m.png: The mask has colours that are not in -LabelColor: #12A934 (10 pixels), #12A834 (9 pixels), #12A734 (8 pixels), #12A634 (7 pixels), "
            + "#12A534 (6 pixels), #12A434 (5 pixels), #12A334 (4 pixels), #12A234 (3 pixels), #12A134 (2 pixels), #12A034 (1 pixel)";
        Assert.Equal(ten + ".", Unknown(labels).Finding);
        Assert.Equal("Add them to -LabelColor, or save the mask without smoothed (anti-aliased) edges: colours must match exactly.", Unknown(labels).Advice);

        labels.ValueOf(0xFFFF, 0x0102, 0x0304, 1, isWide: true);
        labels.ValueOf(0xFFFF, 0x0101, 0x0304, 1, isWide: true);
        Assert.Equal(ten + " and 2 more.", Unknown(labels).Finding);
    }

    [Fact]
    public void Of_more_than_a_thousand_colours_the_first_thousand_are_counted()
    {
        var labels = new ColorLabels(Map(("red", 1)).Colors);
        for (int i = 1; i <= 1000; i++)
        {
            labels.ValueOf(0, i / 256, i % 256, 255, isWide: false);
        }

        Assert.EndsWith(" and 990 more.", Unknown(labels).Finding, StringComparison.Ordinal);

        labels.ValueOf(0, 0, 1, 255, isWide: false);
        Assert.EndsWith(" and 990 more.", Unknown(labels).Finding, StringComparison.Ordinal);
        Assert.Contains(": #000001 (2 pixels), #000002 (1 pixel), ", Unknown(labels).Finding, StringComparison.Ordinal);

        labels.ValueOf(9, 9, 9, 255, isWide: false);
        Assert.EndsWith("#00000A (1 pixel) and more.", Unknown(labels).Finding, StringComparison.Ordinal);
    }

    private static FileFormatException Unknown(ColorLabels labels) => Assert.Throws<FileFormatException>(() => labels.ThrowIfUnknown("m.png"));

    private static LabelMapping Map(params (object Key, object? Value)[] entries)
    {
        IReadOnlyDictionary<RgbColor, int> colors = new LabelMappingParser(s_names).ParseColors(entries.Select(e => KeyValuePair.Create(e.Key, e.Value)));
        return new LabelMapping { Colors = colors };
    }
}
