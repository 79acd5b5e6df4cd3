using MedSeg.Errors;

namespace MedSeg.Threading;

/// <summary>
/// Callbacks that report on work while it runs; each may be left out. Methods that take long accept them as the last parameter
/// before the cancellation token.
/// </summary>
/// <remarks>
/// Training and segmentation call them on the thread that enumerates the results. Work on many files calls them on its own threads,
/// possibly at the same time. What a callback throws ends the work.
/// </remarks>
public sealed record EngineEvents
{
    /// <summary>Gets the callback for progress; training reports each step as a <c>TrainingProgress</c>.</summary>
    public Action<WorkProgress>? Progress { get; init; }

    /// <summary>Gets the callback for decisions, such as the device that was chosen; PowerShell shows them with -Verbose.</summary>
    public Action<string>? Decision { get; init; }

    /// <summary>Gets the callback for warnings: something that the user should act on.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Gets the callback for an item that cannot be used, after which the work continues with the others.</summary>
    public Action<MedSegException>? Error { get; init; }
}
