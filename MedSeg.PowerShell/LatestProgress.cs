using MedSeg.Threading;

namespace MedSeg.PowerShell;

/// <summary>Keeps the last report of work on other threads, for the pipeline thread to show.</summary>
internal sealed class LatestProgress : IProgress<WorkProgress>
{
    private volatile WorkProgress? _value;

    /// <summary>Gets the last report, or null before the first.</summary>
    public WorkProgress? Value => _value;

    /// <inheritdoc/>
    public void Report(WorkProgress value) => _value = value;
}
