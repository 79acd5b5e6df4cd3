namespace MedSeg.Threading;

/// <summary>The progress of a piece of work.</summary>
/// <param name="Done">The number of items that are done.</param>
/// <param name="Total">The number of all items.</param>
public record WorkProgress(long Done, long Total);
