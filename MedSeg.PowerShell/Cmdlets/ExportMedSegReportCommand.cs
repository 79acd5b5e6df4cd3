using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inspection;
using MedSeg.PowerShell.Completion;
using MedSeg.Reports;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Writes a report as a single HTML page.</summary>
[Cmdlet(VerbsData.Export, "MedSegReport", DefaultParameterSetName = "Slice", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegReportCommand : MedSegCmdlet
{
    private readonly List<SegmentedSlice> _slices = [];
    private string _page = string.Empty;

    /// <summary>Gets or sets the HTML page to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets a segmented slice.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Slice")]
    public SegmentedSlice Slice { get; set; } = null!;

    /// <summary>Gets or sets the folder of the masks of an earlier segmentation.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Folder")]
    [ValidateNotNullOrEmpty]
    public string MaskPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the folder of its images.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Folder")]
    [ValidateNotNullOrEmpty]
    public string ImagePath { get; set; } = string.Empty;

    /// <summary>Gets or sets whether subfolders of the images were segmented too.</summary>
    [Parameter(ParameterSetName = "Folder")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Gets or sets the names of the ROIs 1 to K.</summary>
    [Parameter(ParameterSetName = "Folder")]
    [ArgumentCompleter(typeof(LabelNameCompleter))]
    public string[] LabelName { get; set; } = [];

    /// <summary>Gets or sets the axis along which volumes that are not DICOM were cut into slices.</summary>
    [Parameter(ParameterSetName = "Folder")]
    public SliceAxis SliceAxis { get; set; }

    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Dataset")]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets whether an existing page is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _page = Resolve(Path);
        RefuseToOverwrite(_page, Force);
        if (System.IO.Path.GetExtension(_page).ToUpperInvariant() is not (".HTML" or ".HTM"))
        {
            RequireOutput(_page, Force, ".html");
        }

        Try(() => AtomicFile.RequireWritable(_page));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "Slice":
                _slices.Add(Slice);
                break;
            case "Dataset":
                WriteDataset();
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "Folder")
        {
            (string masks, string images) = (Resolve(MaskPath), Resolve(ImagePath));
            _slices.AddRange(WithErrors("Reading masks", progress => SegmentationFolder.Read(masks, images, Recurse, LabelName, SliceAxis, progress.Events, StopToken)));
        }

        if (_slices.Count > 0)
        {
            Write((stream, progress) => SegmentationPage.Write(stream, _slices, FolderOfPage, progress.Events, StopToken));
        }
    }

    private string FolderOfPage => System.IO.Path.GetDirectoryName(_page)!;

    private void WriteDataset()
    {
        DatasetInspection inspection = Try(() => DatasetInspector.Inspect(Dataset));
        Write((stream, progress) => InspectionPage.Write(stream, Dataset, inspection, FolderOfPage, progress.Events, StopToken));
    }

    private void Write(Action<Stream, LatestProgress> write)
    {
        if (!ShouldProcess(_page, "Write the report"))
        {
            return;
        }

        WithErrors("Writing the report", progress =>
        {
            AtomicFile.Write(_page, stream => write(stream, progress));
            return true;
        });
        WriteFile(_page);
    }

    private T WithErrors<T>(string activity, Func<LatestProgress, T> work)
    {
        LatestProgress? events = null;
        T result = TryWithProgress(activity, progress =>
        {
            events = progress;
            return work(progress);
        });
        foreach (MedSegException error in events!.Errors)
        {
            WriteError(ToRecord(error));
        }

        return result;
    }
}
