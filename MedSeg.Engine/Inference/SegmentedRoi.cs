namespace MedSeg.Inference;

/// <summary>An ROI of a slice that was segmented.</summary>
/// <param name="Roi">The ROI's number, from 1.</param>
/// <param name="Name">The ROI's name.</param>
/// <param name="Pixels">Its pixels at the image's own size.</param>
/// <param name="Area">Its area in mm², by the file's own pixel spacing; null where the file states none.</param>
/// <param name="Confidence">
/// The mean probability, 0 to 1, of the ROI at its pixels, those left out that only filling holes gave it; null where it has none.
/// </param>
/// <param name="TouchesBorder">Whether it reaches the edge of the image.</param>
public sealed record SegmentedRoi(int Roi, string Name, long Pixels, double? Area, double? Confidence, bool TouchesBorder);
