namespace MedSeg.Labels;

/// <summary>What the check of a label mask gave.</summary>
/// <param name="Roi">
/// The ROI number of each pixel, row by row: 0 is background, k is ROI k; <see langword="null"/> where there is an error.
/// </param>
/// <param name="Values">The values that the file holds, in ascending order.</param>
/// <param name="Problems">The findings; empty where all is well.</param>
/// <param name="SnappedPixels">The number of pixels whose value compression had changed and that were put back to a level.</param>
public sealed record LabelCheckResult(
    byte[]? Roi,
    IReadOnlyList<LabelValueCount> Values,
    IReadOnlyList<LabelProblem> Problems,
    long SnappedPixels);
