using System.Management.Automation;
using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.PowerShell.Validation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Describes image files.</summary>
[Cmdlet(VerbsCommon.Get, "MedSegImage", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(ImageInfo))]
public sealed class GetMedSegImageCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the files; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the files, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "ImagePath", "Files")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Gets or sets whether to compute the hash of the stored values.</summary>
    [Parameter]
    public SwitchParameter Hash { get; set; }

    /// <summary>Gets or sets the PNG to write.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? OutputPath { get; set; }

    /// <summary>Gets or sets the frame to draw.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Frame { get; set; } = 1;

    /// <summary>Gets or sets the axis along which a volume that is not DICOM is cut into frames.</summary>
    [Parameter]
    public SliceAxis SliceAxis { get; set; }

    /// <summary>Gets or sets the channels, and which images are of which channel.</summary>
    [Parameter]
    public object[] Channel { get; set; } = [];

    /// <summary>Gets or sets whether an existing PNG is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isLiteral = ParameterSetName == "LiteralPath";
        foreach (string path in ResolveAll(isLiteral ? LiteralPath : Path, isLiteral))
        {
            StopToken.ThrowIfCancellationRequested();
            string? target = OutputPath is null ? null : Resolve(OutputPath);
            if (target is not null)
            {
                RequireOutput(target, Force, ".png");
            }

            try
            {
                bool isDrawn = target is not null && ShouldProcess(target, $"Draw frame {Frame} of {path}");
                var inspection = new ImageInspection { Hash = Hash, SliceAxis = SliceAxis, Channels = ChannelParameter.Read(Channel), Frame = Frame, OutputPath = isDrawn ? target : null };
                foreach (ImageInfo info in ImageInspector.Describe(path, inspection))
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
