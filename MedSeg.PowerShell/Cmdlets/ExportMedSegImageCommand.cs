using System.Management.Automation;
using MedSeg.Data.Files;
using MedSeg.PowerShell.Validation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Draws a frame of an image file as PNG.</summary>
[Cmdlet(VerbsData.Export, "MedSegImage", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegImageCommand : ImageFileCmdlet
{
    /// <summary>Gets or sets the PNG to write.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string OutputPath { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string target = Resolve(OutputPath);
        foreach (string path in FindImages())
        {
            RequireOutput(target, Force, ".png");
            if (ShouldProcess(target, $"Draw frame {Frame} of {path}"))
            {
                Try(() => ImageInspector.Describe(path, Inspection(target)));
                WriteFile(target);
            }
        }
    }
}
