using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.PowerShell.Completion;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Reads the history of training runs from their files.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegHistory", DefaultParameterSetName = "Path")]
[OutputType(typeof(EpochRecord))]
public sealed class GetMedSegHistoryCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the output folders, logs, models or checkpoints; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RunPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = ["."];

    /// <summary>Gets or sets the same without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName")]
    public string[] LiteralPath { get; set; } = [];

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

        bool isLiteral = ParameterSetName == "LiteralPath";
        foreach (string path in ResolveAll(isLiteral ? LiteralPath : Path, isLiteral))
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
