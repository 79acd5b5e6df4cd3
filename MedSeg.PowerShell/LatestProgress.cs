using System.Collections.Concurrent;
using MedSeg.Threading;

namespace MedSeg.PowerShell;

/// <summary>Keeps the latest progress, the decisions and the warnings of work on another thread, for the pipeline thread to show.</summary>
internal sealed class LatestProgress
{
    private readonly ConcurrentQueue<string> _decisions = [];
    private readonly ConcurrentQueue<string> _warnings = [];
    private volatile WorkProgress? _value;

    /// <summary>Gets the last report, or null before the first.</summary>
    public WorkProgress? Value => _value;

    /// <summary>Gets callbacks that report here.</summary>
    public EngineEvents Events => new() { Progress = value => _value = value, Decision = _decisions.Enqueue, Warning = _warnings.Enqueue };

    /// <summary>Gets what was decided so far, for the verbose output.</summary>
    public IEnumerable<string> Decisions => _decisions;

    /// <summary>Gets the warnings so far.</summary>
    public IEnumerable<string> Warnings => _warnings;
}
