using MedSeg.Errors;
using MedSeg.Formats.Png;
using MedSeg.Inference;
using MedSeg.Threading;

namespace MedSeg.Reports;

/// <summary>Draws the slices of a segmentation one after the other, as an animated PNG.</summary>
public static class SliceAnimation
{
    /// <summary>The most slices of an animation, so that browsers can still show it.</summary>
    public const int MostSlices = 1000;

    private const int Side = 480;

    /// <summary>Draws the animation: the slices of each series in the order of their positions, turned to how radiologists expect them.</summary>
    /// <param name="png">The stream to write the PNG to; it stays open.</param>
    /// <param name="slices">The slices, at least one; images and masks are read again.</param>
    /// <param name="isFilled">Whether ROIs are filled with translucent colour, not only outlined.</param>
    /// <param name="milliseconds">How long each slice is shown, 10 to 65535.</param>
    /// <param name="events">Receives progress, and the errors of slices that cannot be drawn and are left out; or null.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    /// <exception cref="MedSegException">
    /// There are no slices, or none can be drawn (<c>EmptyReport</c>); there are more than <see cref="MostSlices"/> (<c>PreviewTooLarge</c>); or no
    /// font is installed (<c>NoFont</c>).
    /// </exception>
    public static void Write(Stream png, IReadOnlyList<SegmentedSlice> slices, bool isFilled = false, int milliseconds = 200, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(slices);
        if (slices.Count > MostSlices)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.PreviewTooLarge, $"There are {slices.Count} slices, but an animation has at most {MostSlices}.") { Advice = "Draw fewer slices: write a file for each series." };
        }

        using var sheet = new SliceSheet(Side, isFilled);
        (SegmentedSlice Slice, PicturedSlice Drawn)[] drawn = SliceSheet.Read([.. SliceOrder.BySeries(slices).SelectMany(series => series)], events, cancellationToken);
        drawn = Array.ConvertAll(drawn, slice => (slice.Slice, RadiologicalView.Turn(slice.Drawn)));
        int height = drawn.Max(slice => sheet.HeightOf(slice.Drawn));
        SegmentedRoi[] rois = [.. slices.SelectMany(slice => slice.Rois)];
        var frames = new List<byte[]>();
        foreach ((SegmentedSlice, PicturedSlice) slice in drawn)
        {
            cancellationToken.ThrowIfCancellationRequested();
            frames.Add(sheet.Draw([[slice]], rois, height));
        }

        AnimatedPng.Write(png, frames, milliseconds);
    }
}
