using MedSeg.Imaging;

namespace MedSeg.Tests.Imaging;

public class RoiPaletteTests
{
    [Fact]
    public void The_first_seven_are_those_of_Okabe_and_Ito()
    {
        string[] colors = [.. Enumerable.Range(1, 7).Select(roi => RoiPalette.ColorOf(roi).ToString())];

        Assert.Equal(["#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00", "#0072B2", "#F0E442"], colors);
    }

    [Fact]
    public void A_turned_hue_keeps_its_lightest_and_darkest_part()
    {
        // Orange at hue 41.48° turned by 133° is at 174.48°: red 0, green 230, blue 230 × (174.48 − 120) / 60.
        Assert.Equal("#00E6D1", RoiPalette.ColorOf(8).ToString());
    }

    [Fact]
    public void All_labels_of_a_mask_have_colours_of_their_own()
    {
        Assert.Equal(255, Enumerable.Range(1, 255).Select(RoiPalette.ColorOf).Distinct().Count());
    }

    [Fact]
    public void The_background_has_no_colour() => Assert.Throws<ArgumentOutOfRangeException>(() => RoiPalette.ColorOf(0));
}
