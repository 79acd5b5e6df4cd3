using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Reads the history of training runs from their files.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegHistory", DefaultParameterSetName = "Path")]
[OutputType(typeof(EpochRecord))]
public sealed class GetMedSegHistoryCommand : RunFolderCmdlet
{
    /// <summary>Gets or sets the runs, from Get-MedSegRun.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Run")]
    public RunInfo[] Run { get; set; } = [];

    /// <summary>Gets or sets the name of the model, for a folder with several runs.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string? ModelName { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Run")
        {
            Array.ForEach(Run, run => Write(run.OutputPath, run.ModelName));
            return;
        }

        foreach (string path in FindFolders())
        {
            Write(path, ModelName);
        }
    }

    private void Write(string path, string? modelName)
    {
        try
        {
            WriteObject(RunHistory.Read(path, modelName), enumerateCollection: true);
        }
        catch (MedSegException e)
        {
            WriteError(ToRecord(e));
        }
    }
}
