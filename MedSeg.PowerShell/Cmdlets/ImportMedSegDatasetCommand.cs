using System.Management.Automation;
using MedSeg.Data;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Imports slices and their label masks.</summary>
[Cmdlet(VerbsData.Import, "MedSegDataset", DefaultParameterSetName = "Path")]
[OutputType(typeof(Dataset))]
public sealed class ImportMedSegDatasetCommand : MedSegCmdlet
{
    /// <summary>Gets or sets the folder that holds the folders dicoms and labels.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Path")]
    [Alias("FullName", "PSPath", "TrainPath")]
    public string Path { get; set; } = string.Empty;

    /// <summary>Gets or sets the folder of the images.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Folders")]
    public string DicomPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the folder of the masks.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Folders")]
    public string LabelPath { get; set; } = string.Empty;

    /// <summary>Gets or sets the side of the decoded slices.</summary>
    [Parameter]
    public int InputSize { get; set; } = 256;

    /// <summary>Gets or sets the names of the ROIs 1 to K.</summary>
    [Parameter]
    public string[] LabelName { get; set; } = [];

    /// <summary>Gets or sets how intensities are normalised.</summary>
    [Parameter]
    public Normalization Normalization { get; set; }

    /// <summary>Gets or sets how slices are resized.</summary>
    [Parameter]
    public ResizeMode ResizeMode { get; set; }

    /// <summary>Gets or sets the grey levels between neighbouring ROIs in JPEG masks.</summary>
    [Parameter]
    [ValidateRange(1, 255)]
    public int? JpegStep { get; set; }

    /// <summary>Gets or sets whether the first problem ends the import.</summary>
    [Parameter]
    public SwitchParameter Strict { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool folders = ParameterSetName == "Folders";
        string root = folders ? string.Empty : Resolve(Path);
        var options = new DatasetOptions
        {
            DicomPath = folders ? Resolve(DicomPath) : System.IO.Path.Combine(root, "dicoms"),
            LabelPath = folders ? Resolve(LabelPath) : System.IO.Path.Combine(root, "labels"),
            InputSize = InputSize,
            LabelNames = LabelName,
            Normalization = Normalization,
            ResizeMode = ResizeMode,
            JpegStep = JpegStep,
        };
        Dataset dataset = Try(() => DatasetImporter.Import(options, StopToken));
        foreach (LabelProblem problem in dataset.Problems.Concat(dataset.Samples.SelectMany(s => s.Problems)))
        {
            if (problem.Severity == LabelSeverity.Warning)
            {
                WriteWarning(problem.Message);
            }
            else if (Strict)
            {
                ThrowTerminatingError(ToRecord(problem, dataset));
            }
            else
            {
                WriteError(ToRecord(problem, dataset));
            }
        }

        WriteVerbose($"{dataset.Count} samples of {dataset.Patients} patients, {dataset.LabelNames.Count} ROIs: {string.Join(", ", dataset.LabelNames)}.");
        WriteObject(dataset);
    }
}
