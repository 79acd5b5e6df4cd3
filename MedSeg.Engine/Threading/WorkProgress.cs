namespace MedSeg.Threading;

/// <summary>How far a piece of work is.</summary>
/// <param name="Done">The items that are done.</param>
/// <param name="Total">The items that there are.</param>
public sealed record WorkProgress(int Done, int Total);
