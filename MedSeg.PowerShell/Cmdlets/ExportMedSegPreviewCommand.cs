using System.Management.Automation;
using MedSeg.Files;
using MedSeg.Reports;
using MedSeg.Training;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Draws the first augmented batch.</summary>
[Cmdlet(VerbsData.Export, "MedSegPreview", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegPreviewCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets the PNG file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the number of slices.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int Count { get; set; } = 5;

    /// <summary>Gets or sets the seed.</summary>
    [Parameter]
    public int Seed { get; set; }

    /// <summary>Gets or sets whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string path = Resolve(Path);
        RefuseToOverwrite(path, Force);
        if (ShouldProcess(path, "Draw a preview"))
        {
            Try(() => Draw(path));
            WriteFile(path);
        }
    }

    private bool Draw(string path)
    {
        IReadOnlyList<PreviewTile> tiles = BatchPreview.FirstBatch(Dataset, new TrainingOptions { BatchSize = Count, Seed = Seed });
        AtomicFile.Write(path, stream => PreviewPicture.Write(stream, tiles, Dataset.LabelNames));
        return true;
    }
}
