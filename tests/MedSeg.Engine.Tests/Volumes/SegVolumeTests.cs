using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Volumes;

namespace MedSeg.Tests.Volumes;

public sealed class SegVolumeTests
{
    [Theory]
    [InlineData("seg_binary.dcm")]
    [InlineData("seg_binary_sources.dcm")]
    [InlineData("seg_only_sources.dcm")]
    [InlineData("seg_no_series.dcm")]
    [InlineData("seg_labelmap.dcm")]
    [InlineData("seg_labelmap_rle.dcm")]
    [InlineData("seg_fractional.dcm")]
    public void Each_slice_finds_its_segments(string name)
    {
        LabelVolume volume = VolumeData.Open(name);
        bool isFractional = name.Contains("fractional", StringComparison.Ordinal);

        Assert.Equal([(1, "L psoas"), (2, "R psoas"), (3, "L4")], volume.RoiNames.OrderBy(n => n.Key).Select(n => (n.Key, n.Value)));
        for (int k = 0; k < VolumeData.Slices; k++)
        {
            SliceLabels slice = volume.Slice(VolumeData.Series[k]);

            Assert.True(slice.IsMatched);
            Assert.Equal(VolumeData.LabelsOf(k), slice.Mask.Values);
            Assert.Equal(isFractional ? ["LabelFractional"] : [], slice.Problems.Select(p => p.Code));
        }
    }

    [Fact]
    public void Slices_that_the_file_leaves_out_are_background()
    {
        LabelVolume volume = VolumeData.Open("seg_sparse.dcm");

        Assert.Equal([false, true, false, true, false], VolumeData.Series.Select(image => volume.Slice(image).IsMatched));
        Assert.All(volume.Slice(VolumeData.Series[0]).Mask.Values, v => Assert.Equal(0, v));
        Assert.Equal(Array.ConvertAll(VolumeData.LabelsOf(3), v => v == 2 ? 2f : 0), volume.Slice(VolumeData.Series[3]).Mask.Values);
    }

    [Fact]
    public void Segments_that_overlap_are_an_error_unless_they_are_one_ROI_or_one_is_left_out()
    {
        LabelProblem problem = Assert.Single(VolumeData.Open("seg_overlap.dcm").Slice(VolumeData.Series[2]).Problems);

        Assert.Equal(("LabelOverlap", LabelSeverity.Error, VolumeData.LabelsOf(2).LongCount(v => v == 2)), (problem.Code, problem.Severity, problem.Pixels));
        Assert.Contains("'L psoas', 'R psoas'", problem.Message, StringComparison.Ordinal);
        foreach (int other in (int[])[0, 1])
        {
            SliceLabels slice = VolumeData.Open("seg_overlap.dcm", Map(("l psoas", 1), ("R PSOAS", other), ("L4", 2))).Slice(VolumeData.Series[2]);
            Assert.Empty(slice.Problems);
            Assert.Equal(Array.ConvertAll(VolumeData.LabelsOf(2), v => v > 0 ? 1f : 0), slice.Mask.Values);
        }
    }

    [Fact]
    public void Segments_are_found_by_the_names_of_the_ROIs()
    {
        LabelVolume volume = VolumeData.Open("seg_binary.dcm", names: ["L4", "l psoas", "R psoas"]);

        Assert.Equal(Array.ConvertAll(VolumeData.LabelsOf(1), v => v == 0 ? 0 : v == 3 ? 1f : v + 1), volume.Slice(VolumeData.Series[1]).Mask.Values);
    }

    [Fact]
    public void A_segment_that_is_no_named_ROI_asks_for_the_map()
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => VolumeData.Open("seg_binary.dcm", names: ["L psoas", "R psoas"]));

        Assert.Equal("LabelSegmentUnknown", error.ErrorId);
        Assert.Contains("3 'L4'", error.Message, StringComparison.Ordinal);
        Assert.Contains("-LabelMap @{'L4'=0}", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, VolumeData.Open("seg_binary.dcm", Map(("L4", 0)), "L psoas", "R psoas").Slice(VolumeData.Series[1]).Mask.Values.Max());
    }

    [Fact]
    public void The_map_takes_the_numbers_of_segments_too()
    {
        var map = new LabelMapping { Values = new Dictionary<float, int> { [1] = 3, [3] = 1 } };

        Assert.Equal(Array.ConvertAll(VolumeData.LabelsOf(4), v => v is 0 or 2 ? v : 4 - v), VolumeData.Open("seg_binary.dcm", map).Slice(VolumeData.Series[4]).Mask.Values);
    }

    [Fact]
    public void Names_are_read_in_the_character_set_of_the_file() =>
        Assert.Equal("Lende, groß", VolumeData.Open("seg_umlaut.dcm").RoiNames[1]);

    [Fact]
    public void Frames_of_another_frame_of_reference_match_nothing() =>
        Assert.All(VolumeData.Series, image => Assert.False(VolumeData.Open("seg_other_frame.dcm").Slice(image).IsMatched));

    [Fact]
    public void A_segment_that_the_file_does_not_describe_is_an_error() =>
        Assert.Contains(VolumeData.Open("seg_undescribed.dcm").Slice(VolumeData.Series[0]).Problems, p => p is { Code: "LabelSegmentUnknown", Severity: LabelSeverity.Error });

    [Fact]
    public void Another_DICOM_object_is_refused()
    {
        Assert.Equal("LabelFormat", Assert.Throws<FileFormatException>(() => VolumeData.Open("slice1.dcm")).ErrorId);
        Assert.False(SegVolume.IsSegmentation(VolumeData.PathOf("slice1.dcm")));
        Assert.False(SegVolume.IsSegmentation(VolumeData.PathOf("refers_to_seg.dcm")));
        Assert.True(SegVolume.IsSegmentation(VolumeData.PathOf("seg_labelmap.dcm")));
    }

    private static LabelMapping Map(params (string Label, int Roi)[] segments) => new()
    {
        Segments = segments.ToDictionary(s => s.Label, s => s.Roi, StringComparer.OrdinalIgnoreCase),
    };
}
