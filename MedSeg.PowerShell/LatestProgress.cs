using MedSeg.Threading;

namespace MedSeg.PowerShell;

/// <summary>Keeps the latest progress of work on another thread, for the pipeline thread to show.</summary>
internal sealed class LatestProgress
{
    private volatile WorkProgress? _value;

    /// <summary>Gets the last report, or null before the first.</summary>
    public WorkProgress? Value => _value;

    /// <summary>Gets callbacks that report here.</summary>
    public EngineEvents Events => new() { Progress = value => _value = value };
}
