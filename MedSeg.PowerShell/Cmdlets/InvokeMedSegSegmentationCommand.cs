using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Inference.Output;
using MedSeg.Inventory;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Jobs;
using MedSeg.PowerShell.Validation;
using MedSeg.Threading;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Segments new images with a trained model.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MedSegSegmentation", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(SegmentedSlice), typeof(Job))]
public sealed class InvokeMedSegSegmentationCommand : InferenceCmdlet
{
    private readonly List<string> _paths = [];
    private readonly List<SeriesInfo> _series = [];

    /// <summary>Gets or sets the model, or several models that segment together; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ModelPath", "ModelPaths")]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    [SupportsWildcards]
    public string[] Model { get; set; } = [];

    /// <summary>Gets or sets the images and folders; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the images and folders, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "ImagePath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Gets or sets series of an inventory.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Series")]
    [ValidateNotNullOrEmpty]
    public SeriesInfo[] Series { get; set; } = [];

    /// <summary>Gets or sets the folder of the masks.</summary>
    [Parameter(Mandatory = true)]
    [ValidateOutputName]
    public string OutputPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the file format of the masks.</summary>
    [Parameter]
    public MaskFormat Format { get; set; }

    /// <summary>Gets or sets whether to search subfolders.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Gets or sets the axis along which volumes that are not DICOM are cut into slices.</summary>
    [Parameter]
    public SliceAxis SliceAxis { get; set; }

    /// <summary>Gets or sets which images are of which of the model's channels.</summary>
    [Parameter]
    public object[] Channel { get; set; } = [];

    /// <summary>Gets or sets whether channels with other pixels than the first are resampled.</summary>
    [Parameter]
    public SwitchParameter ResampleChannel { get; set; }

    /// <summary>Gets or sets the pixel spacing of pictures, in mm: one number, or that of rows and of columns.</summary>
    [Parameter]
    [ValidateCount(1, 2)]
    [ValidateRange(Preprocessing.MinimumPixelSize, Preprocessing.MaximumPixelSize)]
    [DecimalPoint]
    public double[]? PixelSpacing { get; set; }

    /// <summary>Gets or sets whether overlays are drawn.</summary>
    [Parameter]
    public SwitchParameter Overlay { get; set; }

    /// <summary>Gets or sets the codes of ROIs, by name.</summary>
    [Parameter]
    public Hashtable SegmentCode { get; set; } = [];

    /// <summary>Gets or sets whether DICOM segmentations and structure sets leave out patient and study.</summary>
    [Parameter]
    public SwitchParameter Anonymous { get; set; }

    /// <summary>Gets or sets which part of the series is segmented, from 1.</summary>
    [Parameter]
    [ValidateRange(1, SeriesShare.MaxParts)]
    public int Part { get; set; }

    /// <summary>Gets or sets the number of parts.</summary>
    [Parameter]
    [ValidateRange(1, SeriesShare.MaxParts)]
    public int Parts { get; set; }

    /// <summary>Gets or sets whether to segment in the background.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Part == 0 != (Parts == 0))
        {
            (string given, string missing) = Part == 0 ? (nameof(Parts), nameof(Part)) : (nameof(Part), nameof(Parts));
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionMissing, $"-{given} was given without -{missing}.")
            {
                Advice = "Give both: -Part 3 -Parts 20 segments the third of 20 parts.",
            });
        }

        if (Share is { } share)
        {
            Try(share.Validate);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        _series.AddRange(Series);
        bool isLiteral = ParameterSetName == "LiteralPath";
        _paths.AddRange(ResolveAll(isLiteral ? LiteralPath : Path, isLiteral));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // A series is sorted by position, so all of its files must be known before the first is segmented.
        string output = Resolve(OutputPath);
        SegmentCode[] codes = Try(() => SegmentCodeParameter.Read(SegmentCode));
        var progress = new ProgressRecord(1, "Segmenting", "Starting");
        var events = new EngineEvents
        {
            Error = e => WriteError(ToRecord(e)),
            Warning = WriteWarning,
            Decision = WriteVerbose,
            Progress = p => Show(progress, p),
        };
        using Segmenter segmenter = Try(() => Segmenter.ForEnsemble([.. ResolveAll(Model, isLiteral: false)], Options() with { Channels = ChannelParameter.Read(Channel), ResampleChannels = ResampleChannel, SliceAxis = SliceAxis, PixelSpacing = PixelSpacing is [double row, ..] ? new PixelSpacing(row, PixelSpacing[^1]) : null }));
        if (!ShouldProcess(output, $"Segment {(Share is null ? string.Empty : $"part {Part} of {Parts} of ")}the images of {Inputs}"))
        {
            return;
        }

        if (AsJob)
        {
            WriteObject(JobStarter.Start(
                this, name: null, (nameof(Path), null), (nameof(LiteralPath), _series.Count > 0 ? null : _paths.ToArray()), (nameof(Series), _series.Count > 0 ? _series.ToArray() : null),
                (nameof(Model), Model), (nameof(OutputPath), output)));
            return;
        }

        long started = Stopwatch.GetTimestamp();
        var target = new MaskOutput { OutputPath = output, Format = Format, Overlay = Overlay, SegmentCodes = codes, Anonymous = Anonymous, Share = Share, Force = Force };
        using IEnumerator<SegmentedSlice> slices = (_series.Count > 0 ? segmenter.RunSeries(_series, target, events, StopToken) : segmenter.Run(_paths, target, Recurse, events, StopToken)).GetEnumerator();
        try
        {
            while (Try(slices.MoveNext))
            {
                WriteDebug(string.Create(CultureInfo.InvariantCulture, $"{slices.Current.Name}: {slices.Current.Rows} × {slices.Current.Columns} pixels, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.000} s since the start."));
                WriteObject(slices.Current);
            }
        }
        finally
        {
            Complete(progress);
        }
    }

    private SeriesShare? Share => Part == 0 ? null : new SeriesShare { Part = Part, Parts = Parts };

    private string Inputs => _series.Count > 0
        ? _series.Count == 1 ? $"the series {_series[0].Description}" : $"{_series.Count} series"
        : _paths.Count == 1 ? _paths[0] : $"{_paths.Count} files and folders";

    private void Show(ProgressRecord record, WorkProgress progress)
    {
        Describe(record, progress, "slices");
        Report(record);
    }
}
