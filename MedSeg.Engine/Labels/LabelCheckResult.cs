namespace MedSeg.Labels;

/// <summary>The result of checking a label mask.</summary>
/// <param name="Roi">
/// The ROI number of each pixel, row by row: 0 is background, k is ROI k; <see langword="null"/> if there is an error.
/// </param>
/// <param name="Values">The distinct values in the file, in ascending order.</param>
/// <param name="Problems">The problems found; empty if there are none.</param>
/// <param name="SnappedPixels">The number of pixels whose value had been changed by compression and was corrected.</param>
internal sealed record LabelCheckResult(
    byte[]? Roi,
    IReadOnlyList<LabelValueCount> Values,
    IReadOnlyList<LabelProblem> Problems,
    long SnappedPixels);
