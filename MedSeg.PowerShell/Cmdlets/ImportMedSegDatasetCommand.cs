using System.Collections;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.PowerShell.Completion;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Imports slices and their label masks.</summary>
[Cmdlet(VerbsData.Import, "MedSegDataset", DefaultParameterSetName = "Path")]
[OutputType(typeof(Dataset))]
public sealed class ImportMedSegDatasetCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the folders that hold the folders dicoms and labels; wildcards are allowed.</summary>
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

    /// <summary>Gets or sets the folder of the masks.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Folders")]
    public string LabelPath { get; set; } = string.Empty;

    /// <summary>Gets or sets whether to search subfolders.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Gets or sets what the names of masks have in addition to those of their images.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MaskSuffix { get; set; }

    /// <summary>Gets or sets the side of the decoded slices, in pixels.</summary>
    [Parameter]
    [ValidateRange(16, 4096)]
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
    public double PixelSize { get; set; }

    /// <summary>Gets or sets how masks are resized.</summary>
    [Parameter]
    public LabelResampling LabelResampling { get; set; }

    /// <summary>Gets or sets the grey levels between neighbouring ROIs in JPEG masks.</summary>
    [Parameter]
    [ValidateRange(1, 255)]
    public int? JpegStep { get; set; }

    /// <summary>Gets or sets where decoded slices are cached.</summary>
    [Parameter]
    public DatasetCache Cache { get; set; }

    /// <summary>Gets or sets the folder of the cache file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CachePath { get; set; }

    /// <summary>Gets or sets whether the first problem ends the import.</summary>
    [Parameter]
    public SwitchParameter Strict { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Folders")
        {
            Import(Resolve(DicomPath), Resolve(LabelPath));
            return;
        }

        bool isLiteral = ParameterSetName == "LiteralPath";
        foreach (string root in ResolveAll(isLiteral ? LiteralPath : Path, isLiteral))
        {
            Import(System.IO.Path.Combine(root, "dicoms"), System.IO.Path.Combine(root, "labels"));
        }
    }

    private void Import(string dicomPath, string labelPath)
    {
        var options = new DatasetOptions
        {
            DicomPath = dicomPath,
            LabelPath = labelPath,
            Recurse = Recurse,
            MaskSuffix = MaskSuffix ?? "",
            InputSize = InputSize,
            LabelNames = LabelName,
            LabelMap = Try(() => LabelMapParameter.Read(LabelName, LabelMap, LabelColor)),
            Normalization = Normalization,
            ResizeMode = ResizeMode,
            PixelSize = PixelSize,
            LabelResampling = LabelResampling,
            JpegStep = JpegStep,
            Cache = Cache,
            CachePath = CachePath is null ? null : Resolve(CachePath),
        };
        Dataset dataset = TryWithProgress($"Importing {dicomPath}", progress => DatasetImporter.Import(options, progress.Events, StopToken));
        foreach (Sample sample in dataset.Samples)
        {
            foreach (LabelProblem problem in sample.Problems)
            {
                Report(problem, sample);
            }
        }

        foreach (string note in dataset.Cache?.Notes ?? [])
        {
            WriteVerbose(note);
        }

        foreach (string path in dataset.PassedOver)
        {
            WriteVerbose($"{path}: Skipped, because it is not a DICOM image or a mask.");
        }

        WriteVerbose($"{dataset.Count} samples of {dataset.Patients} patients, {dataset.LabelNames.Count} ROIs: {string.Join(", ", dataset.LabelNames)}.");
        WriteObject(dataset);
    }

    private void Report(LabelProblem problem, Sample sample)
    {
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
}
