using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Threading;

namespace MedSeg.Reports;

/// <summary>Draws the slices of a segmentation on one sheet, with ROIs, a legend, the sides of the patient and scale bars.</summary>
public static class ContactSheet
{
    private const int TileSide = 360;

    /// <summary>Draws the sheet.</summary>
    /// <param name="png">The stream to write the PNG to; it stays open.</param>
    /// <param name="slices">The slices, at least one; images and masks are read again.</param>
    /// <param name="isFilled">Whether ROIs are filled with translucent colour, not only outlined.</param>
    /// <param name="events">Receives progress, and the errors of slices that cannot be drawn and are left out; or null.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    /// <exception cref="MedSegException">
    /// There are no slices, or none can be drawn (<c>EmptyReport</c>); the sheet would be larger than 16384 pixels a side
    /// (<c>PreviewTooLarge</c>); or no font is installed (<c>NoFont</c>).
    /// </exception>
    public static void Write(Stream png, IReadOnlyList<SegmentedSlice> slices, bool isFilled = false, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(slices);
        using var sheet = new SliceSheet(TileSide, isFilled);
        int columns = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(slices.Count)));
        sheet.RequireSize(columns, (slices.Count + columns - 1) / columns, slices.Count);
        (SegmentedSlice, PicturedSlice)[] drawn = SliceSheet.Read(slices, events, cancellationToken);
        png.Write(sheet.Draw([.. drawn.Chunk(columns)], slices.SelectMany(slice => slice.Rois)));
    }

    /// <summary>
    /// Draws a strip for each series: slices at even distances from the first to the last that has an ROI, in a row, turned to how radiologists
    /// expect them.
    /// </summary>
    /// <param name="png">The stream to write the PNG to; it stays open.</param>
    /// <param name="slices">The slices, at least one; images and masks are read again.</param>
    /// <param name="count">The number of slices of each series, at least 1; all if a series has fewer.</param>
    /// <param name="isFilled">Whether ROIs are filled with translucent colour, not only outlined.</param>
    /// <param name="events">Receives progress, and the errors of slices that cannot be drawn and are left out; or null.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    /// <exception cref="MedSegException">As <see cref="Write"/>.</exception>
    public static void WriteStrip(Stream png, IReadOnlyList<SegmentedSlice> slices, int count, bool isFilled = false, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        SegmentedSlice[] chosen = [.. SliceOrder.BySeries(slices).SelectMany(series => Choose(series, count))];
        using var sheet = new SliceSheet(TileSide, isFilled);
        sheet.RequireSize(count, chosen.Select(slice => slice.Series).Distinct().Count(), chosen.Length);
        (SegmentedSlice Slice, PicturedSlice Drawn)[] drawn = SliceSheet.Read(chosen, events, cancellationToken);
        (SegmentedSlice, PicturedSlice)[][] rows = [.. drawn.GroupBy(slice => slice.Slice.Series).Select(row => row.Select(slice => (slice.Slice, RadiologicalView.Turn(slice.Drawn))).ToArray())];
        png.Write(sheet.Draw(rows, chosen.SelectMany(slice => slice.Rois)));
    }

    private static IEnumerable<SegmentedSlice> Choose(SegmentedSlice[] series, int count)
    {
        int first = Math.Max(0, Array.FindIndex(series, HasRoi));
        int last = Array.FindLastIndex(series, HasRoi) is >= 0 and int found ? found : series.Length - 1;
        int length = last - first + 1;
        return length <= count
            ? series[first..(last + 1)]
            : Enumerable.Range(0, count).Select(i => series[first + (count == 1 ? (length - 1) / 2 : (int)Math.Round((double)i * (length - 1) / (count - 1)))]);
    }

    private static bool HasRoi(SegmentedSlice slice) => slice.Rois.Any(roi => roi.Pixels > 0);
}
