using System.Management.Automation;
using MedSeg.Interchange;
using MedSeg.Models;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Exports a model to a format of other programs.</summary>
[Cmdlet(VerbsData.Export, "MedSegModel", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegModelCommand : ModelFileCmdlet
{
    /// <summary>Gets or sets the format.</summary>
    [Parameter(Mandatory = true)]
    public ModelFormat Format { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        (string source, string target) = Files();
        if (ShouldProcess(target, $"Export {source} as {Format}"))
        {
            Try(() => ModelExporter.Export(source, Format, target));
            WriteFile(target);
        }
    }
}
