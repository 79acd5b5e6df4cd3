using System.Management.Automation;
using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.PowerShell.Validation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Describes image files.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegImage", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(ImageInfo))]
public sealed class GetMedSegImageCommand : ImageFileCmdlet
{
    /// <summary>Gets or sets whether to compute the hash of the stored values.</summary>
    [Parameter]
    public SwitchParameter Hash { get; set; }

    /// <summary>Gets or sets the PNG to write; Export-MedSegImage replaces it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? OutputPath { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (OutputPath is not null)
        {
            WriteWarning("Get-MedSegImage -OutputPath is deprecated and will be removed after 2027-12-31. Use Export-MedSegImage, which has the same parameters.");
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in FindImages())
        {
            string? target = OutputPath is null ? null : Resolve(OutputPath);
            if (target is not null)
            {
                RequireOutput(target, Force, ".png");
            }

            try
            {
                bool isDrawn = target is not null && ShouldProcess(target, $"Draw frame {Frame} of {path}");
                foreach (ImageInfo info in ImageInspector.Describe(path, Inspection(isDrawn ? target : null) with { Hash = Hash }))
                {
                    foreach (string note in info.Notes)
                    {
                        WriteWarning($"{path}: {note}");
                    }

                    WriteObject(info);
                }
            }
            catch (MedSegException e)
            {
                // One bad file does not end the list.
                WriteError(ToRecord(e));
            }
        }
    }
}
