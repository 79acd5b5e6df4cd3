using MedSeg.Evaluation;

namespace MedSeg.Tests.Evaluation;

/// <summary>The score of a slice, on masks small enough to count by hand.</summary>
public sealed class DisagreementMeasureTests
{
    private static readonly string[] s_names = ["A", "B"];

    [Fact]
    public void With_certainty_it_is_one_minus_Dice()
    {
        // A: 4 drawn, 3 found, 2 in both: Dice 4/7. B: 1 drawn, 2 found, 1 in both: Dice 2/3.
        RoiDisagreement[] rois = Rate([1, 1, 1, 1, 0, 2], [1, 1, 0, 2, 1, 2], [1, 1, 1, 1, 1, 1]);

        Assert.Equal([3.0 / 7, 1.0 / 3], rois.Select(r => r.Score), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([4.0 / 7, 2.0 / 3], rois.Select(r => r.Dice!.Value), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([(4L, 3L), (1L, 2L)], rois.Select(r => (r.DrawnPixels, r.FoundPixels)));
    }

    [Fact]
    public void Pixel_counts_as_much_as_the_model_is_certain()
    {
        // 2p − 1: 0.5 of the first differing pixel, nothing of the others, of which one is less likely than not.
        RoiDisagreement[] rois = Rate([1, 1, 1, 1], [1, 0, 0, 0], [0.9f, 0.75f, 0.5f, 0.4f]);

        Assert.Equal(0.5 / 5, rois[0].Score, 1e-6);
        Assert.Equal(0, rois[1].Score);
    }

    [Fact]
    public void Small_ROI_counts_as_if_it_had_half_of_its_usual_size()
    {
        Assert.Equal(1, Rate([1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], usual: 2)[0].Score);
        Assert.Equal(0.1, Rate([1, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], usual: 20)[0].Score, 1e-12);
    }

    [Fact]
    public void ROI_that_is_found_in_most_of_the_drawn_pixels_is_the_likely_one()
    {
        RoiDisagreement[] rois = Rate([1, 1, 1, 2, 2, 0], [2, 2, 1, 1, 2, 0], [1, 1, 1, 1, 1, 1]);

        Assert.Equal(("B", null), (rois[0].LikelyRoi, rois[1].LikelyRoi));
        Assert.Equal("'A' was drawn where the model finds 'B'.", rois[0].Finding);
    }

    [Fact]
    public void Finding_says_what_is_missing()
    {
        Assert.Equal("'A' was drawn with 2 pixels, but the model does not find it.", Rate([1, 1], [0, 0], [1, 1])[0].Finding);
        Assert.Equal("'A' was not drawn, but the model finds 1 pixels of it.", Rate([0, 0], [1, 0], [1, 1])[0].Finding);
        Assert.Equal("'A' was drawn with 1 pixels, the model finds 2; the Dice score is 0.67.", Rate([1, 0], [1, 1], [1, 1])[0].Finding);
        Assert.Equal("'B' was neither drawn nor found.", Rate([1, 0], [1, 1], [1, 1])[1].Finding);
    }

    private static RoiDisagreement[] Rate(byte[] drawn, byte[] found, float[] confidence, double usual = 0) =>
        new DisagreementMeasure(drawn, found, confidence, s_names.Length).Rate(s_names, [usual, usual]);
}
