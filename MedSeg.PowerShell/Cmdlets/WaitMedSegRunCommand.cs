using System.Management.Automation;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Waits until training runs of this or other sessions end.</summary>
[Cmdlet(VerbsLifecycle.Wait, "MedSegRun", DefaultParameterSetName = "Path")]
[OutputType(typeof(RunInfo))]
public sealed class WaitMedSegRunCommand : WaitingCmdlet
{
    private readonly List<RunOptions> _runs = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => _runs.AddRange(FindRuns());

    /// <inheritdoc/>
    protected override void EndProcessing() => WaitFor(_runs);
}
