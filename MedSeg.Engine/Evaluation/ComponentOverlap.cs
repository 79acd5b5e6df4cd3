namespace MedSeg.Evaluation;

/// <summary>A connected component that a model found.</summary>
/// <param name="Pixels">The number of its pixels, on which its size depends.</param>
/// <param name="Counted">The number of those that are not ignored, on which the score depends.</param>
/// <param name="Both">The number of those that have the same ROI in the label.</param>
/// <param name="IsLargest">Whether it is the largest of its ROI in the slice.</param>
internal readonly record struct ComponentOverlap(long Pixels, long Counted, long Both, bool IsLargest);
