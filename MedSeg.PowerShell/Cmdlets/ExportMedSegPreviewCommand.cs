using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Files;
using MedSeg.Pictures;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Draws the first augmented batch, or one slice under each transform of augmentation.</summary>
[Cmdlet(VerbsData.Export, "MedSegPreview", DefaultParameterSetName = "Batch", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegPreviewCommand : AugmentationCmdlet
{
    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets the PNG file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateOutputName]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the number of slices.</summary>
    [Parameter(ParameterSetName = "Batch")]
    [ValidateRange(1, 64)]
    public int Count { get; set; } = 5;

    /// <summary>Gets or sets whether one slice is drawn under each transform.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Transform")]
    public SwitchParameter Transform { get; set; }

    /// <summary>Gets or sets whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string path = Resolve(Path);
        RequireOutput(path, Force, ".png");
        if (ShouldProcess(path, "Draw a preview"))
        {
            Try(() => Draw(path));
            WriteFile(path);
        }
    }

    private void Draw(string path)
    {
        IReadOnlyList<PreviewTile> tiles = Transform
            ? TransformPreview.Extremes(Dataset, Options())
            : BatchPreview.FirstBatch(Dataset, Options() with { BatchSize = Count });

        // Only outlines, so that the transform of the image stays visible.
        PreviewOptions? sheet = Transform ? new PreviewOptions { Columns = TransformPreview.Columns, IsPaired = false, Opacity = 0 } : null;
        AtomicFile.Write(path, stream => PreviewPicture.Write(stream, tiles, Dataset.LabelNames, sheet));
    }
}
