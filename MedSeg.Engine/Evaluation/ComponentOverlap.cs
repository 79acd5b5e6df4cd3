namespace MedSeg.Evaluation;

/// <summary>A connected component that a model found.</summary>
/// <param name="Pixels">The number of its pixels.</param>
/// <param name="Both">The number of those that have the same ROI in the label.</param>
/// <param name="IsLargest">Whether it is the largest of its ROI in the slice.</param>
internal readonly record struct ComponentOverlap(long Pixels, long Both, bool IsLargest);
