using System.Diagnostics;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inspection;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Writes a report as a single HTML page.</summary>
[Cmdlet(VerbsData.Export, "MedSegReport", DefaultParameterSetName = "Slice", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportMedSegReportCommand : MedSegCmdlet
{
    private readonly List<SegmentedSlice> _slices = [];
    private string _page = string.Empty;
    private bool _isWritten;

    /// <summary>Gets or sets the HTML page to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
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

    /// <summary>Gets or sets a training run.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Run")]
    public RunInfo Run { get; set; } = null!;

    /// <summary>Gets or sets the model or checkpoint of a training run.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Model")]
    [Alias("ModelPath")]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string Model { get; set; } = string.Empty;

    /// <summary>Gets or sets a cross-validation.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "CrossValidation")]
    public CrossValidationResult CrossValidation { get; set; } = null!;

    /// <summary>Gets or sets the data set: that to report, or that of the training.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Dataset")]
    [Parameter(ParameterSetName = "Run")]
    [Parameter(ParameterSetName = "Model")]
    [Parameter(ParameterSetName = "CrossValidation")]
    public Dataset? Dataset { get; set; }

    /// <summary>Gets or sets the file that lists the folds of the training.</summary>
    [Parameter(ParameterSetName = "Run")]
    [Parameter(ParameterSetName = "Model")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TablePathCompleter))]
    public string? FoldPath { get; set; }

    /// <summary>Gets or sets the batch size.</summary>
    [Parameter(ParameterSetName = "Run")]
    [Parameter(ParameterSetName = "Model")]
    [Parameter(ParameterSetName = "CrossValidation")]
    [ValidateRange(1, 1024)]
    public int BatchSize { get; set; } = 4;

    /// <summary>Gets or sets the device.</summary>
    [Parameter(ParameterSetName = "Run")]
    [Parameter(ParameterSetName = "Model")]
    [Parameter(ParameterSetName = "CrossValidation")]
    [ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = "Auto";

    /// <summary>Gets or sets whether the page has a viewer to scroll through the scans.</summary>
    [Parameter(ParameterSetName = "Slice")]
    [Parameter(ParameterSetName = "Folder")]
    public SwitchParameter Interactive { get; set; }

    /// <summary>Gets or sets whether a PNG with all slices is drawn, not a page.</summary>
    [Parameter(ParameterSetName = "Slice")]
    [Parameter(ParameterSetName = "Folder")]
    public SwitchParameter ContactSheet { get; set; }

    /// <summary>Gets or sets the number of slices of each series that are drawn in a row on a PNG, not a page.</summary>
    [Parameter(ParameterSetName = "Slice")]
    [Parameter(ParameterSetName = "Folder")]
    [ValidateRange(1, 40)]
    public int? Strip { get; set; }

    /// <summary>Gets or sets whether an animated PNG of all slices is drawn, not a page.</summary>
    [Parameter(ParameterSetName = "Slice")]
    [Parameter(ParameterSetName = "Folder")]
    public SwitchParameter Animation { get; set; }

    /// <summary>Gets or sets whether a scene of 3D Slicer is written, not a page.</summary>
    [Parameter(ParameterSetName = "Slice")]
    [Parameter(ParameterSetName = "Folder")]
    public SwitchParameter Scene { get; set; }

    /// <summary>Gets or sets whether ROIs of the contact sheet are filled.</summary>
    [Parameter(ParameterSetName = "Slice")]
    [Parameter(ParameterSetName = "Folder")]
    public SwitchParameter Filled { get; set; }

    /// <summary>Gets or sets whether an existing page is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _page = Resolve(Path);
        if (Interactive)
        {
            Try(NiiVue.Require);
        }

        string[] kinds = [.. new[] { (ContactSheet.IsPresent, "-ContactSheet"), (Strip is not null, "-Strip"), (Animation.IsPresent, "-Animation"), (Scene.IsPresent, "-Scene"), (Interactive.IsPresent, "-Interactive") }.Where(kind => kind.Item1).Select(kind => kind.Item2)];
        if (kinds.Length > 1)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ReportKinds, $"A file is one kind of report, but {string.Join(" and ", kinds)} were given.") { Advice = "Write a file for each." });
        }

        RequireOutput(_page, Force, Extension);
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
                RequireFirst();
                DatasetInspection inspection = TryWithProgress("Inspecting labels", progress => DatasetInspector.Inspect(Dataset!, validation: null, progress.Events, StopToken));
                Write((stream, progress) => InspectionPage.Write(stream, Dataset!, inspection, FolderOfPage, progress.Events, StopToken));
                break;
            case "Run":
                RequireFirst();
                WriteRun(ModelOf(Run));
                break;
            case "Model":
                WriteRun(ResolveOne(Model, isLiteral: false));
                break;
            case "CrossValidation":
                RequireFirst();
                Write((stream, progress) => CrossValidationPage.Write(stream, CrossValidation, Dataset, Options, progress.Events, StopToken));
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
            Write(WriteSlices);
        }
    }

    private string Extension => this switch
    {
        { Scene.IsPresent: true } => ".mrml",
        { ContactSheet.IsPresent: true } or { Strip: not null } or { Animation.IsPresent: true } => ".png",
        _ => System.IO.Path.GetExtension(_page).Equals(".htm", StringComparison.OrdinalIgnoreCase) ? ".htm" : ".html",
    };

    private void WriteSlices(Stream stream, LatestProgress progress)
    {
        if (ContactSheet)
        {
            Reports.ContactSheet.Write(stream, _slices, Filled, progress.Events, StopToken);
        }
        else if (Strip is { } count)
        {
            Reports.ContactSheet.WriteStrip(stream, _slices, count, Filled, progress.Events, StopToken);
        }
        else if (Animation)
        {
            SliceAnimation.Write(stream, _slices, Filled, events: progress.Events, cancellationToken: StopToken);
        }
        else if (Scene)
        {
            SlicerScene.Write(stream, _slices, FolderOfPage, progress.Events);
        }
        else
        {
            SegmentationPage.Write(stream, _slices, FolderOfPage, Interactive, progress.Events, StopToken);
        }
    }

    private string FolderOfPage => System.IO.Path.GetDirectoryName(_page)!;

    private InferenceOptions Options => new() { BatchSize = BatchSize, Device = Device };

    private void WriteRun(string path)
    {
        string? folds = FoldPath is null ? null : Resolve(FoldPath);
        Write((stream, progress) => TrainingPage.Write(stream, path, Dataset, folds, Options, progress.Events, StopToken));
    }

    // The newest weights that the run has written.
    private string ModelOf(RunInfo run)
    {
        if ((run.ModelPath ?? run.CheckpointPath ?? run.BestPath) is not { } path)
        {
            Fail(new MedSegException(ErrorKind.NotFound, ErrorIds.EmptyReport, $"{run.OutputPath}: The run '{run.ModelName}' has no model and no checkpoint yet, so there is nothing to report.", run.OutputPath) { Advice = "Wait for its first checkpoint." });
            throw new UnreachableException();
        }

        return path;
    }

    // One page describes one run, data set or cross-validation; another one would replace it.
    private void RequireFirst()
    {
        if (_isWritten)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.ReportTwice, $"{_page}: The page describes one {ParameterSetName switch { "Run" => "run", "Dataset" => "data set", _ => "cross-validation" }}, but another one was piped.", _page)
            {
                Advice = "Write a page for each with ForEach-Object, such as { $_ | Export-MedSegReport \"$($_.ModelName).html\" }.",
            });
        }

        _isWritten = true;
    }

    private void Write(Action<Stream, LatestProgress> write)
    {
        if (!ShouldProcess(_page, "Write the report"))
        {
            return;
        }

        var warnings = new List<string>();
        string written = WithErrors("Writing the report", progress =>
            AtomicFile.WriteOrNumber(_page, stream => write(stream, progress), new EngineEvents { Warning = warnings.Add }));
        warnings.ForEach(WriteWarning);
        WriteFile(written);
    }

    private T WithErrors<T>(string activity, Func<LatestProgress, T> work)
    {
        LatestProgress? events = null;
        try
        {
            return TryWithProgress(activity, progress =>
            {
                events = progress;
                return work(progress);
            });
        }
        finally
        {
            // They also say why the work failed.
            foreach (MedSegException error in events?.Errors ?? [])
            {
                WriteError(ToRecord(error));
            }
        }
    }
}
