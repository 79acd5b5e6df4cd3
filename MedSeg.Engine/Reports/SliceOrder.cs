using MedSeg.Inference;

namespace MedSeg.Reports;

/// <summary>Sorts slices by series and position.</summary>
internal static class SliceOrder
{
    /// <summary>Sorts slices.</summary>
    /// <param name="slices">The slices of any number of series.</param>
    /// <returns>The slices of each series by their positions; in the given order if one states none.</returns>
    public static IEnumerable<SegmentedSlice[]> BySeries(IEnumerable<SegmentedSlice> slices) =>
        slices.GroupBy(slice => slice.Series).Select(series => series.ToArray()).Select(series => Array.ConvertAll(ByPosition(series), i => series[i]));

    /// <summary>Sorts slices of one series.</summary>
    /// <param name="slices">The slices.</param>
    /// <returns>The indices of the slices by their positions; in the given order if one states none.</returns>
    public static int[] ByPosition(SegmentedSlice[] slices)
    {
        bool arePlaced = Array.TrueForAll(slices, slice => slice.Location is not null);
        return [.. Enumerable.Range(0, slices.Length).OrderBy(i => arePlaced ? slices[i].Location : null)];
    }
}
