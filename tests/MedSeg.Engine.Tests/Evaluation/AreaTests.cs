using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Evaluation;
using MedSeg.Reports;
using MedSeg.Tests.Inference;
using MedSeg.Tests.Inference.Backends;

namespace MedSeg.Tests.Evaluation;

/// <summary>Areas and volumes of shapes whose size is known.</summary>
public sealed class AreaTests : IDisposable
{
    private const double PixelArea = 0.5 * 0.75;
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Areas_and_volume_are_those_computed_by_hand()
    {
        for (int number = 0; number < 4; number++)
        {
            _folder.Add($"s{number}", number);
        }

        // At this size nothing is resampled: the mask is what was drawn.
        SegmentationModel model = ScanFolder.ModelOf(112);
        List<SegmentedSlice> slices = _folder.Run(_folder.Masks, model: model, backend: new BrightnessBackend(112));

        IReadOnlyList<AreaSummary> found = AreaMeasure.Summarize(slices);

        double[] outer = [.. Enumerable.Range(0, 4).Select(n => (Math.PI * (20 + n) * (30 + n) * PixelArea) - (14 * 28 * PixelArea))];
        Assert.All(slices.Zip(outer), pair => Assert.InRange(pair.First.Rois[0].Area!.Value, pair.Second * 0.995, pair.Second * 1.005));
        AreaSummary inner = found[1];
        Assert.Equal(("s0", "Inner", 4, 4), (inner.Series, inner.Name, inner.Slices, inner.SlicesWithRoi));
        Assert.Equal(7 * 21.0, inner.MeanArea!.Value, PixelArea);
        Assert.Equal(0, inner.AreaDeviation!.Value, 1e-9);
        Assert.Equal(7 * 21.0 * ScanFolder.Distance * 4, inner.Volume!.Value, PixelArea);
        double mean = slices.Average(s => s.Rois[0].Area!.Value);
        Assert.Equal(Math.Sqrt(slices.Sum(s => Math.Pow(s.Rois[0].Area!.Value - mean, 2)) / 3), found[0].AreaDeviation!.Value, 1e-9);
    }

    [Fact]
    public void Uneven_distances_count_half_to_each_side()
    {
        SegmentedSlice[] slices = [Slice(0, 10), Slice(2, 20), Slice(6, 40)];

        AreaSummary summary = Assert.Single(AreaMeasure.Summarize(slices));

        Assert.Equal((2 * 10) + (3 * 20) + (4 * 40), summary.Volume!.Value, 1e-9);
        Assert.Null(Assert.Single(AreaMeasure.Summarize([Slice(0, 10), Slice(0, 20)])).Volume);
        Assert.Null(Assert.Single(AreaMeasure.Summarize([Slice(0, 10)])).Volume);
        Assert.Null(Assert.Single(AreaMeasure.Summarize([Slice(0, 10) with { Location = null }, Slice(1, 20)])).Volume);
    }

    [Fact]
    public void Slices_without_the_ROI_count_for_the_volume_but_not_for_mean_and_deviation()
    {
        AreaSummary summary = Assert.Single(AreaMeasure.Summarize([Slice(0, 10), Slice(2, 0), Slice(4, 40)]));

        Assert.Equal((3, 2), (summary.Slices, summary.SlicesWithRoi));
        Assert.Equal((25, 40), (summary.MeanArea!.Value, summary.LargestArea!.Value));
        Assert.Equal(Math.Sqrt(450), summary.AreaDeviation!.Value, 1e-12);
        Assert.Equal((10 + 0 + 40) * 2, summary.Volume!.Value, 1e-12);
    }

    [Fact]
    public void Two_slices_have_a_volume_and_one_area_has_no_deviation()
    {
        AreaSummary summary = Assert.Single(AreaMeasure.Summarize([Slice(0, 10), Slice(3, 0)]));

        Assert.Equal((10, null, 10), (summary.MeanArea, summary.AreaDeviation, summary.LargestArea));
        Assert.Equal(30, summary.Volume!.Value, 1e-12);
    }

    [Fact]
    public void Without_pixel_spacing_or_without_the_ROI_there_are_no_areas()
    {
        SegmentedSlice unknown = Slice(3, 10) with { Spacing = null, Rois = [new SegmentedRoi(1, "A", 10, null, null, false)] };

        AreaSummary noSpacing = Assert.Single(AreaMeasure.Summarize([Slice(0, 10), unknown]));
        AreaSummary noRoi = Assert.Single(AreaMeasure.Summarize([Slice(0, 0), Slice(3, 0)]));

        Assert.Equal((2, null, null, null, null), (noSpacing.SlicesWithRoi, noSpacing.MeanArea, noSpacing.AreaDeviation, noSpacing.LargestArea, noSpacing.Volume));
        Assert.Equal((0, null, null, null, 0), (noRoi.SlicesWithRoi, noRoi.MeanArea, noRoi.AreaDeviation, noRoi.LargestArea, noRoi.Volume));
        Assert.Equal("slices", Assert.Throws<ArgumentNullException>(() => AreaMeasure.Summarize(null!)).ParamName);
    }

    [Fact]
    public void Table_has_a_line_for_each_slice_and_ROI_with_names_quoted_where_needed()
    {
        using var stream = new MemoryStream();
        AreaCsv.Write(stream, [Slice(1.5, 10)]);

        string[] lines = System.Text.Encoding.UTF8.GetString(stream.ToArray()).Split("\r\n");
        Assert.Equal(["Series,Slice,LocationMm,Roi,Name,Pixels,AreaMm2,Confidence,ExpectedDice,Flags", "a,s,1.5,1,\"A, \"\"left\"\"\",10,10,,0.9,None", ""], lines);
    }

    private static SegmentedSlice Slice(double location, double area) => new()
    {
        Name = "s",
        Series = "a",
        ImagePath = "s.dcm",
        Frame = 1,
        Rows = 8,
        Columns = 8,
        Spacing = new PixelSpacing(1, 1),
        Location = location,
        Rois = [new SegmentedRoi(1, "A, \"left\"", (long)area, area, null, false) { ExpectedDice = 0.9 }],
        Flags = SliceFlags.None,
    };
}
