namespace MedSeg.Threading;

/// <summary>The progress of an operation over items.</summary>
/// <param name="Done">The number of items done.</param>
/// <param name="Total">The number of items in total; 0 while it is not known.</param>
public record WorkProgress(long Done, long Total)
{
    /// <summary>
    /// Gets the step that the numbers are about, such as "Finding images"; null for the work itself, which comes after such steps.
    /// </summary>
    public string? Stage { get; init; }
}
