using MedSeg.Data.Files;
using MedSeg.Labels;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Labels;

public sealed class LabelSnapTests
{
    [Fact]
    public void Whole_numbers_up_to_K_are_taken_as_they_are()
    {
        LabelCheckResult result = Check(false, 6, 0, 6, 3, 3, 0);

        Assert.Equal([0, 6, 3, 3, 0], result.Roi!);
        Assert.Equal([new(0, 2), new(3, 2), new(6, 1)], result.Values);
        Assert.Empty(result.Problems);
        Assert.Equal(0, result.SnappedPixels);
    }

    [Theory]
    [InlineData("LabelFraction", 2, "has the value 0.5", new float[] { 0, 0.5f, 1, 0.5f })]
    [InlineData("LabelNegative", 1, "(-1)", new float[] { 0, -1, 1 })]
    [InlineData("LabelAboveRange", 3, "7, 9 occur; the values in the file are 0, 1, 7, 9", new float[] { 0, 1, 7, 9, 9 })]
    [InlineData("LabelAboveRange", 1, "70000 occurs", new float[] { 0, 70000 })]
    [InlineData("LabelAboveRange", 12, "10, 11, 12, 13, 14, 15, 16 and 2 more occur", new float[] { 0, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 })]
    [InlineData("LabelBinaryMask", 2, "which of the 6 ROIs", new float[] { 0, 255, 255 })]
    [InlineData("LabelBinaryMask", 1, "0/255", new float[] { 255 })]
    [InlineData("LabelFraction", 1, "NaN", new float[] { 0, float.NaN })]
    public void A_lossless_mask_with_other_values_is_an_error(string code, long pixels, string inMessage, float[] values)
    {
        LabelCheckResult result = Check(false, 6, values);

        Assert.Null(result.Roi);
        LabelProblem problem = Assert.Single(result.Problems);
        Assert.Equal((code, LabelSeverity.Error, pixels), (problem.Code, problem.Severity, problem.Pixels));
        Assert.Contains(inMessage, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_are_reported_at_once() =>
        Assert.Equal(["LabelFraction", "LabelNegative", "LabelAboveRange"], Check(false, 2, 0.5f, -1, 3).Problems.Select(p => p.Code));

    [Fact]
    public void With_255_ROIs_a_value_of_255_is_an_ROI() => Assert.Equal([0, 255], Check(false, 255, 0, 255).Roi!);

    [Theory]
    [InlineData("jpeg_step42.jpg", 6)]
    [InlineData("jpeg_step42_progressive.jpg", 6)]
    [InlineData("jpeg_rgb_grey.jpg", 6)]
    [InlineData("jpeg_step20.jpg", 6)]
    public void A_JPEG_with_levels_far_apart_gives_its_ROIs_back(string name, int roiCount)
    {
        LabelCheckResult result = LabelSnap.Check(LabelReader.Read(ImagingData.PathOf(name)), roiCount);

        Assert.Equal(ImagingData.Mask("jpeg_mask.npy"), result.Roi!);
        LabelProblem problem = Assert.Single(result.Problems);
        Assert.Equal(("LabelSnapped", LabelSeverity.Notice), (problem.Code, problem.Severity));
        Assert.InRange(result.SnappedPixels, 1, 48 * 48);
        Assert.Equal(result.SnappedPixels, problem.Pixels);
    }

    [Theory]
    [InlineData("jpeg_step42_smeared.jpg", "LabelSmeared", "no certain spacing")]
    [InlineData("jpeg_plain.jpg", "LabelSmeared", "stored as plain values")]
    [InlineData("jpeg_plain_best.jpg", "LabelSmeared", "stored as plain values")]
    [InlineData("jpeg_only_roi4_step20.jpg", "LabelSmeared", "no certain spacing")]
    [InlineData("jpeg_binary.jpg", "LabelBinaryMask", "which of the 6 ROIs")]
    public void A_JPEG_whose_ROIs_are_not_certain_is_an_error(string name, string code, string inMessage)
    {
        LabelCheckResult result = LabelSnap.Check(LabelReader.Read(ImagingData.PathOf(name)), 6);

        Assert.Null(result.Roi);
        LabelProblem problem = Assert.Single(result.Problems);
        Assert.Equal((code, LabelSeverity.Error), (problem.Code, problem.Severity));
        Assert.Contains(inMessage, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_JPEG_of_background_alone_is_taken()
    {
        LabelCheckResult result = LabelSnap.Check(LabelReader.Read(ImagingData.PathOf("jpeg_background.jpg")), 6);

        Assert.Empty(result.Problems);
        Assert.All(result.Roi!, v => Assert.Equal(0, v));
    }

    [Fact]
    public void A_given_step_reads_a_mask_that_lacks_ROIs()
    {
        LabelCheckResult result = LabelSnap.Check(LabelReader.Read(ImagingData.PathOf("jpeg_only_roi4_step20.jpg")), 6, jpegStep: 20);

        byte[] expected = Array.ConvertAll(ImagingData.Mask("jpeg_mask.npy"), v => v == 4 ? (byte)4 : (byte)0);
        Assert.Equal(expected, result.Roi!);
    }

    [Fact]
    public void Plain_numbers_in_a_JPEG_are_taken_with_a_warning_where_the_caller_says_so()
    {
        LabelCheckResult result = CheckJpeg(6, 1, 0, 1, 6, 7, 8);

        Assert.Equal([0, 1, 6, 6, 6], result.Roi!);
        Assert.Equal(("LabelUnverified", LabelSeverity.Warning, 2L), Only(result));
    }

    [Theory]
    [InlineData(1, 9, "LabelAboveRange")]
    [InlineData(20, 140, "LabelAboveRange")]
    [InlineData(20, 66, "LabelSmeared")]
    [InlineData(20, 126, "LabelSmeared")]
    [InlineData(40, 91, "LabelSmeared")]
    [InlineData(8, 11, "LabelSmeared")]
    public void A_given_step_that_does_not_fit_is_an_error(int step, int grey, string code)
    {
        LabelCheckResult result = CheckJpeg(6, step, 0, grey);

        Assert.Null(result.Roi);
        Assert.Equal((code, LabelSeverity.Error, 1L), Only(result));
    }

    [Theory]
    [InlineData(43, 85, 128, 170, 213, 255)]
    [InlineData(42, 84, 126, 168, 210, 252)]
    [InlineData(40, 80, 120, 160, 200, 240)]
    [InlineData(8, 16, 24, 32, 40, 48)]
    public void A_mask_with_all_levels_evenly_spaced_is_taken(params int[] levels)
    {
        float[] values = [0, .. Array.ConvertAll(levels, v => (float)v)];

        Assert.Equal([0, 1, 2, 3, 4, 5, 6], LabelSnap.Check(new LabelImage(1, 7, values, true), 6).Roi!);
    }

    [Theory]
    [InlineData(20, 40, 60, 80, 100)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(10)]
    [InlineData(9)]
    [InlineData(7, 14, 21, 28, 35, 42)]
    public void A_mask_whose_spacing_is_a_guess_is_an_error(params int[] levels)
    {
        float[] values = [0, .. Array.ConvertAll(levels, v => (float)v)];

        Assert.Equal("LabelSmeared", Assert.Single(LabelSnap.Check(new LabelImage(1, values.Length, values, true), 6).Problems).Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void A_dark_JPEG_of_one_ROI_is_not_background(int grey) =>
        Assert.Equal(grey < 8 ? "LabelSmeared" : "LabelSnapped", Assert.Single(Check(true, 1, 0, grey).Problems).Code);

    [Fact]
    public void A_single_pixel_between_levels_is_an_error()
    {
        Assert.NotNull(LabelSnap.Check(Levels(95), 6).Roi);
        Assert.Equal("LabelSmeared", Assert.Single(LabelSnap.Check(Levels(96), 6).Problems).Code);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(256, null)]
    [InlineData(6, 0)]
    [InlineData(6, 256)]
    public void Numbers_out_of_range_are_refused(int roiCount, int? step) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LabelSnap.Check(new LabelImage(1, 1, [0], false), roiCount, step));

    [Fact]
    public void Ten_grey_levels_are_the_most_that_a_pixel_may_be_off()
    {
        Assert.NotNull(CheckJpeg(2, 100, 0, 100, 90).Roi);
        Assert.Null(CheckJpeg(2, 100, 0, 100, 89).Roi);
    }

    [Fact]
    public void Values_that_may_be_plain_ROI_numbers_are_not_read_as_levels() =>
        Assert.Equal("LabelSmeared", Assert.Single(Check(true, 31, 0, 8, 16).Problems).Code);

    [Fact]
    public void With_more_ROIs_than_levels_eight_apart_no_spacing_is_certain()
    {
        Assert.NotNull(Check(true, 31, [.. Enumerable.Range(0, 32).Select(k => k * 8f)]).Roi);
        Assert.Equal("LabelSmeared", Assert.Single(Check(true, 32, [.. Enumerable.Range(0, 33).Select(k => MathF.Round(k * 255f / 32))]).Problems).Code);
    }

    [Fact]
    public void Pixels_of_a_level_may_be_off_by_three_on_average()
    {
        // Without ROIs 2 and 3, the only possible level of ROI 1 is 85.
        Assert.NotNull(Check(true, 3, 0, 88).Roi);
        Assert.Null(Check(true, 3, 0, 89).Roi);
    }

    [Fact]
    public void Brightest_level_alone_is_an_ROI_where_it_is_not_that_of_a_0_255_mask()
    {
        Assert.Equal([0, 1], Check(true, 1, 0, 255).Roi!);
        Assert.Equal([0, 10], Check(true, 10, 0, 250).Roi!);
        Assert.Equal("LabelBinaryMask", Assert.Single(Check(true, 10, 0, 255).Problems).Code);
    }

    [Fact]
    public void Values_that_no_JPEG_has_are_judged_by_the_lossless_rule()
    {
        Assert.Equal("LabelAboveRange", Assert.Single(Check(true, 6, 0, 300).Problems).Code);
        Assert.Equal([0, 1, 2], LabelSnap.Check(new LabelImage(1, 3, [0, 1, 2], false), 2).Roi!);
    }

    [Fact]
    public void Step_may_be_255_and_the_mask_must_be_there()
    {
        Assert.Equal([0, 1], CheckJpeg(1, 255, 0, 255).Roi!);
        Assert.Contains("from 1 to 255", Assert.Throws<ArgumentOutOfRangeException>(() => CheckJpeg(1, 256, 0, 255)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => LabelSnap.Check(null!, 1));
    }

    // ROI 2 is grey level 84, or 85; its tolerance is 10.
    private static LabelImage Levels(float odd)
    {
        float[] values = new float[100];
        values.AsSpan(50).Fill(84);
        values[99] = odd;
        return new LabelImage(10, 10, values, true);
    }

    private static (string Code, LabelSeverity Severity, long Pixels) Only(LabelCheckResult result)
    {
        LabelProblem problem = Assert.Single(result.Problems);
        return (problem.Code, problem.Severity, problem.Pixels);
    }

    private static LabelCheckResult Check(bool lossy, int roiCount, params float[] values) =>
        LabelSnap.Check(new LabelImage(1, values.Length, values, lossy), roiCount);

    private static LabelCheckResult CheckJpeg(int roiCount, int step, params float[] values) =>
        LabelSnap.Check(new LabelImage(1, values.Length, values, true), roiCount, step);
}
