using System.Management.Automation;
using MedSeg.Training.Integrity;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Checks the files of training runs.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MedSegRun", DefaultParameterSetName = "Path")]
[OutputType(typeof(RunFile), typeof(bool))]
public sealed class TestMedSegRunCommand : RunCmdlet
{
    private bool _isAnyChecked;
    private bool _isAnyWrong;

    /// <summary>Gets or sets whether only true or false is returned.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (RunOptions run in FindRuns())
        {
            IReadOnlyList<RunFile> files = Try(() => RunCheck.Check(run, StopToken));
            _isAnyChecked = true;
            _isAnyWrong |= files.Any(file => file.State != RunFileState.Ok);
            if (!Quiet)
            {
                WriteObject(files, enumerateCollection: true);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Quiet)
        {
            WriteObject(_isAnyChecked && !_isAnyWrong);
        }
    }
}
