using System.Collections.Concurrent;
using MedSeg.Errors;
using MedSeg.Threading;

namespace MedSeg.PowerShell;

/// <summary>Keeps the latest progress, the decisions, the warnings and the errors of work on another thread, for the pipeline thread to show.</summary>
internal sealed class LatestProgress
{
    private readonly ConcurrentQueue<string> _decisions = [];
    private readonly ConcurrentQueue<string> _warnings = [];
    private readonly ConcurrentQueue<MedSegException> _errors = [];
    private volatile WorkProgress? _value;

    /// <summary>Gets the last report, or null before the first.</summary>
    public WorkProgress? Value => _value;

    /// <summary>Gets callbacks that report here.</summary>
    public EngineEvents Events => new() { Progress = value => _value = value, Decision = _decisions.Enqueue, Warning = _warnings.Enqueue, Error = _errors.Enqueue };

    /// <summary>Gets what was decided so far, for the verbose output.</summary>
    public IEnumerable<string> Decisions => _decisions;

    /// <summary>Gets the warnings so far.</summary>
    public IEnumerable<string> Warnings => _warnings;

    /// <summary>Gets the errors of single items so far.</summary>
    public IEnumerable<MedSegException> Errors => _errors;
}
