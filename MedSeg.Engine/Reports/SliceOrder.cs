using MedSeg.Inference;

namespace MedSeg.Reports;

/// <summary>Sorts slices by series and position.</summary>
internal static class SliceOrder
{
    /// <summary>Sorts slices.</summary>
    /// <param name="slices">The slices of any number of series.</param>
    /// <returns>The slices of each series by their positions; in the given order if one states none.</returns>
    public static IEnumerable<SegmentedSlice[]> BySeries(IEnumerable<SegmentedSlice> slices) =>
        slices.GroupBy(slice => slice.Series).Select(series => series.All(slice => slice.Location is not null) ? series.OrderBy(slice => slice.Location).ToArray() : [.. series]);
}
