using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Labels;

public sealed class LabelMappingTests
{
    private static readonly string[] s_names = ["L psoas", "R psoas", "L4"];

    [Fact]
    public void Values_become_the_ROIs_of_the_map_and_others_keep_theirs()
    {
        LabelMapping map = Parse(s_names, (255, 1), ("128", "r PSOAS"), (1, 0));

        LabelCheckResult result = Check(map, false, 0, 255, 128, 1, 3);

        Assert.Equal([0, 1, 2, 0, 3], result.Roi!);
        Assert.Empty(result.Problems);
        Assert.Equal([0, 1, 3, 128, 255], result.Values.Select(v => v.Value));
    }

    [Fact]
    public void Background_becomes_an_ROI_only_where_the_map_says_so() =>
        Assert.Equal([2, 0], Check(Parse(s_names, (0, 2), (255, 0)), false, 0, 255).Roi!);

    [Fact]
    public void Fractions_and_negative_values_can_be_mapped() =>
        Assert.Equal([1, 2, 0], Check(Parse(s_names, (0.5, 1), (-1L, 2)), false, 0.5f, -1, 0).Roi!);

    [Fact]
    public void Values_that_are_in_no_map_stay_errors()
    {
        LabelCheckResult result = Check(Parse(s_names, (255, 1)), false, 0, 255, 128);

        Assert.Null(result.Roi);
        LabelProblem problem = Assert.Single(result.Problems);
        Assert.Equal(("LabelAboveRange", 1L), (problem.Code, problem.Pixels));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_advice_for_a_binary_mask_is_the_map(bool isLossy) =>
        Assert.Contains("-LabelMap @{255=1}", Assert.Single(Check(LabelMapping.None, isLossy, 0, 255).Problems).Advice, StringComparison.Ordinal);

    [Fact]
    public void Grey_levels_of_a_JPEG_are_put_to_the_nearest_of_the_map()
    {
        LabelCheckResult result = Check(Parse(s_names, (255, 3), (128, 1)), true, 0, 10, 118, 138, 245, 255);

        Assert.Equal([0, 0, 1, 1, 3, 3], result.Roi!);
        Assert.Equal(("LabelSnapped", 4L), (Assert.Single(result.Problems).Code, result.SnappedPixels));
    }

    [Fact]
    public void A_JPEG_mask_of_a_single_selection_gives_its_ROI()
    {
        LabelCheckResult result = LabelSnap.Check(LabelReader.Read(ImagingData.PathOf("jpeg_binary.jpg")), 3, map: Parse(s_names, (255, 2)));

        Assert.Equal(2, result.Roi!.Max());
    }

    [Theory]
    [InlineData(11, 255)]
    [InlineData(139, 128)]
    [InlineData(0, 7)]
    public void A_JPEG_between_the_levels_of_the_map_or_with_levels_too_near_is_an_error(float value, int level) =>
        Assert.Equal("LabelSmeared", Assert.Single(Check(Parse(s_names, (level, 1)), true, 0, value).Problems).Code);

    [Fact]
    public void ROIs_without_names_are_named_by_the_one_segment_that_becomes_them() =>
        Assert.Equal(["ROI 1", "L4", "L5"], Parse([], ("a", 1), ("b", 1), ("L4", 2), (7, 3)).RoiNames(3, new Dictionary<int, string> { [3] = "L5" }));

    [Theory]
    [InlineData(255, 4, "from 0 (background) to 3")]
    [InlineData(255, -1, "whole number")]
    [InlineData(255, 1.5, "whole number")]
    [InlineData(255, "L5", "L psoas, R psoas, L4")]
    [InlineData(255, null, "whole number")]
    public void An_ROI_that_does_not_exist_is_refused(object key, object? value, string inMessage)
    {
        MedSegException error = Assert.Throws<MedSegException>(() => Parse(s_names, (key, value)));

        Assert.Equal((ErrorKind.InvalidArgument, "LabelMapInvalid"), (error.Kind, error.ErrorId));
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_names_an_ROI_is_a_number_up_to_254()
    {
        Assert.Equal(254, Parse([], (1, 254)).HighestRoi);
        Assert.Contains("give -LabelName", Assert.Throws<MedSegException>(() => Parse([], (1, "L4"))).Message, StringComparison.Ordinal);
        Assert.Throws<MedSegException>(() => Parse([], (1, 255)));
    }

    [Fact]
    public void A_value_that_is_listed_twice_is_refused() =>
        Assert.Contains("128 is listed twice", Assert.Throws<MedSegException>(() => Parse(s_names, (128, 1), ("128", 2))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(3, 1, 2)]
    [InlineData(1, 3, 2)]
    [InlineData(2, 1, 3)]
    [InlineData(3, 3, 3)]
    public void Highest_ROI_is_that_of_all_maps_together(int ofValue, int ofSegment, int ofColor)
    {
        LabelMapping map = Parse([], (7, 1), (8, ofValue), ("L4", ofSegment)) with { Colors = new Dictionary<RgbColor, int> { [new RgbColor(1, 2, 3)] = ofColor } };

        Assert.Equal(3, map.HighestRoi);
        Assert.Equal(0, LabelMapping.None.HighestRoi);
    }

    [Fact]
    public void Levels_of_a_JPEG_may_be_eight_apart_and_no_less()
    {
        Assert.Equal([0, 1], Check(Parse(s_names, (8, 1)), true, 0, 8).Roi!);
        Assert.Null(Check(Parse(s_names, (7, 1)), true, 0, 7).Roi);
    }

    [Fact]
    public void Missing_entries_are_refused_by_name()
    {
        Assert.Equal("entries", Assert.Throws<ArgumentNullException>(() => new LabelMappingParser([]).Parse(null!)).ParamName);
        Assert.Equal("entries", Assert.Throws<ArgumentNullException>(() => new LabelMappingParser([]).ParseColors(null!)).ParamName);
    }

    private static LabelMapping Parse(string[] names, params (object Key, object? Value)[] entries) =>
        new LabelMappingParser(names).Parse(entries.Select(e => KeyValuePair.Create(e.Key, e.Value)));

    private static LabelCheckResult Check(LabelMapping map, bool isLossy, params float[] values) =>
        LabelSnap.Check(new LabelImage(1, values.Length, values, isLossy), 3, map: map);
}
