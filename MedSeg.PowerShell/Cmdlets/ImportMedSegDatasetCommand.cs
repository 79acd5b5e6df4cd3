using System.Collections;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Interchange;
using MedSeg.Inventory;
using MedSeg.Labels;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Validation;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Imports slices and their label masks.</summary>
[Cmdlet(VerbsData.Import, "MedSegDataset", DefaultParameterSetName = "Path")]
[OutputType(typeof(Dataset))]
public sealed class ImportMedSegDatasetCommand : MedSegCmdlet
{
    private readonly List<SeriesInfo> _series = [];

    /// <summary>Gets or sets the folders of data sets; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Gets or sets the folders, without wildcards.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP", "FullName", "TrainPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Gets or sets the folder of the images.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Folders")]
    public string DicomPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the series of an inventory, whose files are the images.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Series")]
    [ValidateNotNullOrEmpty]
    public SeriesInfo[] Series { get; set; } = [];

    /// <summary>Gets or sets the table of images and masks.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Pairs")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TablePathCompleter))]
    public string PairsPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the folder of the masks.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Folders")]
    [Parameter(Mandatory = true, ParameterSetName = "Series")]
    public string LabelPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the patterns of the folders of images and of masks.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    [ValidateCount(2, 2)]
    [ValidateNotNullOrEmpty]
    public string[]? FolderPattern { get; set; }

    /// <summary>Gets or sets whether to search subfolders.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Gets or sets what the names of masks have in addition to those of their images.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MaskSuffix { get; set; }

    /// <summary>Gets or sets the axis along which volumes that are not DICOM are cut into slices.</summary>
    [Parameter]
    public SliceAxis SliceAxis { get; set; }

    /// <summary>Gets or sets the channels of the images, and which images are of which channel.</summary>
    [Parameter]
    public object[] Channel { get; set; } = [];

    /// <summary>Gets or sets whether channels with other pixels than the first are resampled.</summary>
    [Parameter]
    public SwitchParameter ResampleChannel { get; set; }

    /// <summary>Gets or sets the model that the data set is for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [Alias("ModelPath")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    public string? Model { get; set; }

    /// <summary>Gets or sets the pixel spacing of pictures, in mm: one number, or that of rows and of columns.</summary>
    [Parameter]
    [ValidateCount(1, 2)]
    [ValidateRange(Preprocessing.MinimumPixelSize, Preprocessing.MaximumPixelSize)]
    [DecimalPoint]
    public double[]? PixelSpacing { get; set; }

    /// <summary>Gets or sets the side of the decoded slices, in pixels.</summary>
    [Parameter]
    [ValidateRange(16, 4096)]
    [ArgumentCompleter(typeof(InputSizeCompleter))]
    public int InputSize { get; set; } = 256;

    /// <summary>Gets or sets the names of the ROIs 1 to K.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LabelNameCompleter))]
    public string[] LabelName { get; set; } = [];

    /// <summary>Gets or sets the ROIs of mask values and segments.</summary>
    [Parameter]
    public Hashtable LabelMap { get; set; } = [];

    /// <summary>Gets or sets the ROIs of mask colours.</summary>
    [Parameter]
    public Hashtable LabelColor { get; set; } = [];

    /// <summary>Gets or sets how intensities are normalised.</summary>
    [Parameter]
    public Normalization Normalization { get; set; }

    /// <summary>Gets or sets how slices are resized.</summary>
    [Parameter]
    public ResizeMode ResizeMode { get; set; }

    /// <summary>Gets or sets the side of a pixel of the input, in mm.</summary>
    [Parameter]
    [ValidateRange(Preprocessing.MinimumPixelSize, Preprocessing.MaximumPixelSize)]
    [DecimalPoint]
    public double PixelSize { get; set; }

    /// <summary>Gets or sets how masks are resized.</summary>
    [Parameter]
    public LabelResampling LabelResampling { get; set; }

    /// <summary>Gets or sets the grey levels between neighbouring ROIs in JPEG masks.</summary>
    [Parameter]
    [ValidateRange(1, 255)]
    public int? JpegStep { get; set; }

    /// <summary>Gets or sets the value of mask pixels that are ignored.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? IgnoreLabel { get; set; }

    /// <summary>Gets or sets the ROIs that were drawn, by folder, for folders in which not all were.</summary>
    [Parameter]
    public Hashtable PartialLabel { get; set; } = [];

    /// <summary>Gets or sets where decoded slices are cached.</summary>
    [Parameter]
    public DatasetCache Cache { get; set; }

    /// <summary>Gets or sets the folder of the cache file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? CachePath { get; set; }

    /// <summary>Gets or sets whether the first problem ends the import.</summary>
    [Parameter]
    public SwitchParameter Strict { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Model is not null)
        {
            TakeFrom(ResolveOne(Model, isLiteral: false));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "Folders":
                Import(new DatasetFolder(Resolve(DicomPath), Resolve(LabelPath)));
                return;
            case "Pairs":
                Import(Try(() => DatasetFolder.OfTable(Resolve(PairsPath), ChannelParameter.Read(Channel))));
                return;
            case "Series":
                _series.AddRange(Series);
                return;
        }

        bool isLiteral = ParameterSetName == "LiteralPath";
        foreach (string root in ResolveAll(isLiteral ? LiteralPath : Path, isLiteral))
        {
            Import(Try(() => FolderPattern is [string images, string labels] ? DatasetFolder.OfPattern(root, images, labels) : DatasetFolder.Find(root, MaskSuffix ?? "")));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_series.Count > 0)
        {
            Import(Try(() => SeriesInventory.ToFolder(_series, Resolve(LabelPath))));
        }
    }

    // A model fixes how images are prepared; parameters override it.
    private void TakeFrom(string path)
    {
        ModelInfo model = Try(() => ModelFile.Describe(path));
        Set(nameof(InputSize), () => InputSize = model.InputSize);
        Set(nameof(LabelName), () => LabelName = [.. model.LabelNames]);
        Set(nameof(Normalization), () => Normalization = model.Normalization ?? Normalization);
        Set(nameof(ResizeMode), () => ResizeMode = model.ResizeMode ?? ResizeMode);
        Set(nameof(Channel), () => Channel = [.. model.Channels]);
        Set(nameof(ResampleChannel), () => ResampleChannel = model.ResampleChannels);
        Set(nameof(PixelSize), () => PixelSize = model.PixelSize ?? PixelSize);
        Set(nameof(SliceAxis), () => SliceAxis = model.SliceAxis ?? SliceAxis);
        WriteVerbose($"{path} sets the input size to {InputSize}, the normalization to {Normalization}, the resize mode to {ResizeMode} and the ROIs to {string.Join(", ", LabelName)}.");

        void Set(string parameter, Action set)
        {
            if (!MyInvocation.BoundParameters.ContainsKey(parameter))
            {
                set();
            }
        }
    }

    private void Import(DatasetFolder folder)
    {
        string[] names = LabelName.Length > 0 ? LabelName : [.. folder.LabelNames];
        if (folder.Note is not null)
        {
            WriteVerbose(folder.Note);
        }

        var options = new DatasetOptions
        {
            DicomPath = folder.ImagePath,
            LabelPath = folder.LabelPath,
            ImagePaths = folder.ImagePaths,
            Pairs = folder.Pairs,
            PatientFolders = folder.PatientFolders,
            Recurse = Recurse,
            MaskSuffix = MaskSuffix ?? "",
            SliceAxis = SliceAxis,
            PixelSpacing = PixelSpacing is [double row, ..] ? new PixelSpacing(row, PixelSpacing[^1]) : null,
            Preprocessing = new Preprocessing { ResampleChannels = ResampleChannel },
            Channels = Channel.Length > 0 ? Try(() => ChannelParameter.Read(Channel)) : folder.Channels,
            InputSize = InputSize,
            LabelNames = names,
            LabelMap = Try(() => LabelMapParameter.Read(names, LabelMap, LabelColor)),
            Normalization = Normalization,
            ResizeMode = ResizeMode,
            PixelSize = PixelSize,
            LabelResampling = LabelResampling,
            JpegStep = JpegStep,
            IgnoreLabel = IgnoreLabel ?? folder.IgnoreLabel,
            PartialLabels = PartialLabelParameter.Read(PartialLabel),
            Cache = Cache,
            CachePath = CachePath is null ? null : Resolve(CachePath),
        };
        Dataset dataset = TryWithProgress($"Importing {folder.ImagePath}", progress => DatasetImporter.Import(options, progress.Events, StopToken));
        foreach (IGrouping<(LabelSeverity, string), (Sample Sample, LabelProblem Problem)> alike in dataset.Samples
            .SelectMany(sample => sample.Problems.Select(problem => (Sample: sample, Problem: problem)))
            .GroupBy(found => (found.Problem.Severity, found.Problem.Code)))
        {
            Report([.. alike]);
        }

        foreach (string note in dataset.Cache?.Notes ?? [])
        {
            WriteVerbose(note);
        }

        foreach (string path in dataset.PassedOver)
        {
            WriteVerbose($"{path}: Skipped, because it is not an image or a mask.");
        }

        WriteVerbose($"{dataset.Count} samples of {dataset.Patients} patients, {dataset.LabelNames.Count} ROIs: {string.Join(", ", dataset.LabelNames)}.");
        WriteObject(dataset);
    }

    // One mistake often concerns every slice of a set: it is reported once, with the names of some.
    private void Report(IReadOnlyList<(Sample Sample, LabelProblem Problem)> alike)
    {
        (Sample sample, LabelProblem first) = alike[0];
        string[] others = [.. alike.Skip(1).Select(found => found.Sample.Name).Where(name => name != sample.Name).Distinct()];
        LabelProblem problem = others.Length == 0 ? first : first with { Message = $"{first.Message} {Others(others)}" };
        if (problem.Severity != LabelSeverity.Error)
        {
            WriteWarning(problem.Text);
        }
        else if (Strict)
        {
            ThrowTerminatingError(ToRecord(problem, sample));
        }
        else
        {
            WriteError(ToRecord(problem, sample));
        }
    }

    private static string Others(string[] names)
    {
        const int most = 3;
        string shown = string.Join(", ", names.Take(most));
        string rest = names.Length > most ? $" and {names.Length - most} more" : string.Empty;
        return names.Length == 1
            ? $"The same was found in {shown}."
            : $"The same was found in {names.Length} other samples: {shown}{rest}. The data set's Problems has all of them.";
    }
}
