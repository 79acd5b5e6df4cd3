using System.Globalization;

namespace MedSeg.Inference;

/// <summary>An ROI of a segmented slice.</summary>
/// <param name="Roi">The ROI's number, from 1.</param>
/// <param name="Name">The ROI's name.</param>
/// <param name="Pixels">The number of its pixels at the image's own size.</param>
/// <param name="Area">Its area in mm², from the pixel spacing of the file; null where the file states none.</param>
/// <param name="Confidence">
/// The mean probability, 0 to 1, of the ROI at its pixels, without those added by filling holes; null where it has no pixels.
/// </param>
/// <param name="TouchesBorder">Whether it touches the border of the image.</param>
public sealed record SegmentedRoi(int Roi, string Name, long Pixels, double? Area, double? Confidence, bool TouchesBorder)
{
    /// <summary>
    /// Gets the Dice score that masks of this ROI with this confidence had on held-out slices, 0 to 1; null where it has no pixels or the
    /// model was not calibrated.
    /// </summary>
    public double? ExpectedDice { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        Area is { } area ? string.Create(CultureInfo.InvariantCulture, $"{Name} {area:0.0} mm²") : string.Create(CultureInfo.InvariantCulture, $"{Name} {Pixels} pixels");
}
