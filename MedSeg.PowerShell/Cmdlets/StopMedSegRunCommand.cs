using System.Management.Automation;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Asks training runs of this or other sessions to save a checkpoint and end.</summary>
[Cmdlet(VerbsLifecycle.Stop, "MedSegRun", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(RunInfo))]
public sealed class StopMedSegRunCommand : WaitingCmdlet
{
    private readonly List<RunOptions> _runs = [];

    /// <summary>Gets or sets whether to wait until the runs have ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (RunOptions run in FindRuns())
        {
            if (!RunControl.IsRunning(run))
            {
                WriteVerbose($"{run.StatusPath}: The run is not running.");
                _runs.Add(run);
            }
            else if (ShouldProcess(System.IO.Path.Combine(run.OutputPath, run.ModelName), "Save a checkpoint and stop the run"))
            {
                Try(() => RunControl.RequestStop(run));
                WriteVerbose($"{run.StatusPath}: The run was asked to stop.");
                _runs.Add(run);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Wait || HasTimeout)
        {
            WaitFor(_runs);
        }
    }
}
