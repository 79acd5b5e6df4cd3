using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.PowerShell.Completion;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Lists training runs.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegRun", DefaultParameterSetName = "Path")]
[OutputType(typeof(RunInfo))]
public sealed class GetMedSegRunCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the folders to look in, and below; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RunPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = ["."];

    /// <summary>Gets or sets the folders, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "OutputPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        foreach (string folder in ResolveAll(isLiteral ? LiteralPath : Path, isLiteral))
        {
            try
            {
                WriteObject(RunInfo.Find(folder), enumerateCollection: true);
            }
            catch (MedSegException e)
            {
                WriteError(ToRecord(e));
            }
        }
    }
}
