namespace MedSeg.Threading;

/// <summary>The progress of an operation over a known number of items.</summary>
/// <param name="Done">The number of items done.</param>
/// <param name="Total">The number of items in total.</param>
public record WorkProgress(long Done, long Total);
