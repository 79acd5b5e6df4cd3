using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Tests.Labels;

/// <summary>The whole text that a user reads for each way in which a mask can be wrong.</summary>
public static class LabelMessageTests
{
    private const string SaveAgain = "Save the mask again as PNG or .npy from the program in which it was drawn.";
    private const string Smeared = "JPEG compression changed the values near edges, so that ROIs can no longer be told apart: ";

    private static readonly string[] s_names = ["L psoas", "R psoas"];

    [Theory]
    [InlineData(
        "Labels must be whole numbers from 0 (background) to 2, but the mask has the value 0.1. 2 pixels are affected. Resizing with interpolation causes this: resize the mask by nearest neighbour, or save it again from the program in which it was drawn.",
        new float[] { 0, 0.1f, 0.1f })]
    [InlineData(
        "Labels must be whole numbers from 0 (background) to 2, but the mask has negative values (-2, -1). 2 pixels are affected. Set pixels outside of all ROIs to 0.",
        new float[] { -1, -2 })]
    [InlineData(
        "Labels must be whole numbers from 0 (background) to 2, but 3 occurs; the values in the file are 0, 3. One pixel is affected. Check the number of ROIs, save ROI numbers rather than grey levels, or map the values to ROIs with -LabelMap.",
        new float[] { 0, 3 })]
    [InlineData(
        "Labels must be whole numbers from 0 (background) to 2, but 3, 4 occur; the values in the file are 1, 2, 3, 4. 2 pixels are affected. Check the number of ROIs, save ROI numbers rather than grey levels, or map the values to ROIs with -LabelMap.",
        new float[] { 1, 2, 3, 4 })]
    [InlineData(
        "This is a 0/255 mask, as drawing programs save a single selection. It does not say which of the 2 ROIs is meant. 2 pixels are affected. Say which ROI it is, for example with -LabelMap @{255=1}, or save ROI numbers: 0 for background and 1 to 2 for the ROIs.",
        new float[] { 0, 255, 255 })]
    public static void Lossless_mask(string text, float[] values) => Assert.Equal(text, Text(LabelSnap.Check(Image(false, values), 2)));

    [Fact]
    public static void Ten_values_are_listed_in_full_and_of_eleven_ten()
    {
        float[] ten = [.. Enumerable.Range(3, 10).Select(v => (float)v)];

        Assert.Contains("but 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 occur;", Text(LabelSnap.Check(Image(false, ten), 2)), StringComparison.Ordinal);
        Assert.Contains("but 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 1 more occur;", Text(LabelSnap.Check(Image(false, [.. ten, 13]), 2)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        Smeared + "ROI numbers seem to be stored as plain values, and the changes are as large as the differences between them. " + SaveAgain,
        2, 2, null, new float[] { 0, 1, 2 })]
    [InlineData(Smeared + "no certain spacing of the 6 ROI numbers fits the grey levels found (0, 60). " + SaveAgain, 1, 6, null, new float[] { 0, 60 })]
    [InlineData(
        "With a step of 20 grey levels, ROI 2 is 40, but the mask has 60, 61. Check the step and the number of ROIs.",
        2, 2, 20, new float[] { 0, 60, 61 })]
    [InlineData(Smeared + "it has grey levels between those of the ROIs (20 apart): 29, 30. " + SaveAgain, 2, 2, 20, new float[] { 0, 29, 30 })]
    [InlineData(
        "The mask is a JPEG: its grey levels were read as ROI numbers 42 apart (ROI 1 is 42), and 0 pixels changed by compression were set to the nearest. Save masks as PNG or .npy.",
        0, 6, null, new float[] { 0, 42, 84 })]
    [InlineData(
        "The mask is a JPEG: its grey levels were read as ROI numbers 42.5 apart (ROI 1 is 43), and 1 pixels changed by compression were set to the nearest. Save masks as PNG or .npy.",
        1, 6, null, new float[] { 0, 43, 85, 128, 129 })]
    [InlineData(
        "The mask is a JPEG whose ROI numbers are 6 apart: compression has changed labels near edges, and where is unknown. 1 pixels between or above the ROI numbers were set to the nearest. Save masks as PNG or .npy.",
        1, 6, 6, new float[] { 0, 6, 39 })]
    [InlineData("With a step of 6 grey levels, ROI 6 is 36, but the mask has 40. Check the step and the number of ROIs.", 1, 6, 6, new float[] { 0, 40 })]
    [InlineData(
        "This is a 0/255 mask, as drawing programs save a single selection. It does not say which of the 6 ROIs is meant. Say which ROI it is, for example with -LabelMap @{255=1}, or save ROI numbers (0 for background and 1 to 6 for the ROIs) as PNG or .npy.",
        2, 6, null, new float[] { 0, 254, 255 })]
    public static void JPEG_mask(string text, long pixels, int roiCount, int? step, float[] values)
    {
        LabelCheckResult result = LabelSnap.Check(Image(true, values), roiCount, step);

        Assert.Equal((text, pixels), (Text(result), Assert.Single(result.Problems).Pixels));
    }

    [Theory]
    [InlineData(Smeared + "it has grey levels that are not close to those of -LabelMap (0, 100, 110): 104, 105. " + SaveAgain, 2, 110, new float[] { 0, 104, 105 })]
    [InlineData(Smeared + "the grey levels of -LabelMap (0, 100, 107) are less than 8 apart. " + SaveAgain, 3, 107, new float[] { 0, 100, 107 })]
    [InlineData(
        "The mask is a JPEG: 1 pixels changed by compression were set to the nearest grey level of -LabelMap. Save masks as PNG or .npy.",
        1, 108, new float[] { 0, 101 })]
    public static void JPEG_mask_with_listed_levels(string text, long pixels, int second, float[] values)
    {
        var map = new LabelMapping { Values = new Dictionary<float, int> { [100] = 1, [second] = 2 } };

        LabelCheckResult result = LabelSnap.Check(Image(true, values), 2, map: map);

        Assert.Equal((text, pixels), (Text(result), Assert.Single(result.Problems).Pixels));
    }

    [Fact]
    public static void Problem_reads_as_severity_code_and_text()
    {
        var problem = new LabelProblem("LabelFraction", LabelSeverity.Error, "What was found.", 3);

        Assert.Equal("Error LabelFraction: What was found.", problem.ToString());
        Assert.Equal("Error LabelFraction: What was found. What to do.", (problem with { Advice = "What to do." }).ToString());
    }

    [Fact]
    public static void Number_that_is_no_label_is_reported_with_its_row_and_column()
    {
        var error = Assert.Throws<FileFormatException>(() => LabelNumber.Exact(0.1, "LabelFraction", "m.npy", index: 7, columns: 3));

        Assert.Equal("m.npy: Row 2, column 1 (counted from 0) is 0.1; labels are whole numbers from 0.", error.Finding);
        Assert.Equal("Save the mask with whole numbers.", error.Advice);
    }

    [Theory]
    [InlineData("LabelMapInvalid", "-LabelMap is invalid: 7 is mapped to 'L5', but an ROI is a whole number from 0 (background) to 2 or one of -LabelName (L psoas, R psoas).", null, true, 7, "L5")]
    [InlineData("LabelMapInvalid", "-LabelMap is invalid: 7 is mapped to 'L5', but an ROI is a whole number from 0 (background) to 254.", "To use ROI names, give -LabelName too.", false, 7, "L5")]
    [InlineData("LabelMapInvalid", "-LabelMap is invalid: 7 is listed twice.", null, true, 7, 1, "7", 2)]
    public static void Map_that_is_invalid(string id, string finding, string? advice, bool hasNames, params object[] entries)
    {
        var parser = new LabelMappingParser(hasNames ? s_names : []);

        var error = Assert.Throws<MedSegException>(() => parser.Parse(entries.Chunk(2).Select(e => KeyValuePair.Create(e[0], (object?)e[1]))));

        Assert.Equal((id, finding, advice), (error.ErrorId, error.Finding, error.Advice));
    }

    private static LabelImage Image(bool isLossy, float[] values) => new(1, values.Length, values, isLossy);

    private static string Text(LabelCheckResult result) => Assert.Single(result.Problems).Text;
}
