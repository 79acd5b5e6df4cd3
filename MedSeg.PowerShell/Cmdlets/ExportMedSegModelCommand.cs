using System.Management.Automation;
using MedSeg.Interchange;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Writes a model for other programs.</summary>
[Cmdlet(VerbsData.Export, "MedSegModel", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegModelCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the model; wildcards are taken.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the model, taken as it stands.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "ModelPath")]
    public string LiteralPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the format.</summary>
    [Parameter(Mandatory = true)]
    public ModelFormat Format { get; set; }

    /// <summary>Gets or sets the file to write.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public string OutputPath { get; set; } = string.Empty;

    /// <summary>Gets or sets whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string target = Resolve(OutputPath);
        string source = ResolveOne(ParameterSetName == "LiteralPath" ? LiteralPath : Path, ParameterSetName == "LiteralPath");
        RefuseToOverwrite(target, Force);
        if (ShouldProcess(target, $"Export {source} as {Format}"))
        {
            Try(() =>
            {
                ModelExporter.Export(source, Format, target);
                return true;
            });
            WriteFile(target);
        }
    }
}
