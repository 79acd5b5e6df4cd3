using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Volumes;

namespace MedSeg.Evaluation;

/// <summary>Summarizes areas by series and ROI.</summary>
public static class AreaMeasure
{
    /// <summary>Summarizes areas.</summary>
    /// <param name="slices">The slices, of any number of series.</param>
    /// <returns>A summary for each series and ROI.</returns>
    public static IReadOnlyList<AreaSummary> Summarize(IEnumerable<SegmentedSlice> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        return [.. slices.GroupBy(s => s.Series).SelectMany(series => SummarizeSeries(series.Key, [.. series.OrderBy(s => s.Location)]))];
    }

    private static IEnumerable<AreaSummary> SummarizeSeries(string series, SegmentedSlice[] slices)
    {
        double[]? depths = SlabDepth.Of([.. slices.Select(s => s.Location)]);
        bool hasAreas = Array.TrueForAll(slices, s => s.Spacing is not null);
        for (int roi = 0; roi < slices[0].Rois.Count; roi++)
        {
            int index = roi;
            double[] areas = [.. slices.Where(s => s.Rois[index].Pixels > 0).Select(s => s.Rois[index].Area ?? double.NaN)];
            double? mean = hasAreas && areas.Length > 0 ? areas.Average() : null;
            yield return new AreaSummary
            {
                Series = series,
                Roi = slices[0].Rois[roi].Roi,
                Name = slices[0].Rois[roi].Name,
                Slices = slices.Length,
                SlicesWithRoi = areas.Length,
                MeanArea = mean,
                AreaDeviation = mean is not null && areas.Length > 1 ? Statistics.StandardDeviation(areas) : null,
                LargestArea = mean is null ? null : areas.Max(),
                Volume = hasAreas && depths is not null ? slices.Select((s, i) => s.Rois[index].Area!.Value * depths[i]).Sum() : null,
            };
        }
    }
}
