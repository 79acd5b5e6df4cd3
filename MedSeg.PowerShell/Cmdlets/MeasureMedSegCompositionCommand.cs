using System.Management.Automation;
using MedSeg.Composition;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Measures the composition of ROIs.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "MedSegComposition", DefaultParameterSetName = "Slice", SupportsShouldProcess = true)]
[OutputType(typeof(RoiComposition), ParameterSetName = ["Slice"])]
[OutputType(typeof(PatientComposition), ParameterSetName = ["Patient", "Scan", "Level"])]
[OutputType(typeof(CompositionValue))]
public sealed class MeasureMedSegCompositionCommand : ProblemCmdlet
{
    private readonly ResultWorkbook _workbook = new("Measure-MedSegComposition");
    private readonly List<RoiComposition> _slices = [];
    private readonly List<PatientComposition> _patients = [];
    private readonly List<PatientComposition> _scans = [];
    private readonly List<PatientComposition> _levels = [];

    /// <summary>Gets or sets the images and masks.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets whether to return a summary of each patient.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Patient")]
    public SwitchParameter ByPatient { get; set; }

    /// <summary>Gets or sets whether to return a summary of each scan.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Scan")]
    public SwitchParameter ByScan { get; set; }

    /// <summary>Gets or sets whether to return a summary of each patient and level.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Level")]
    public SwitchParameter ByLevel { get; set; }

    /// <summary>Gets or sets the levels of slices.</summary>
    [Parameter(ParameterSetName = "Slice")]
    [Parameter(ParameterSetName = "Patient")]
    [Parameter(ParameterSetName = "Scan")]
    [Parameter(Mandatory = true, ParameterSetName = "Level")]
    [ValidateNotNullOrEmpty]
    public object[] Level { get; set; } = [];

    /// <summary>Gets or sets what says which side of the body an ROI is on.</summary>
    [Parameter]
    public SideSource SideSource { get; set; }

    /// <summary>Gets or sets whether to return a row for each value.</summary>
    [Parameter]
    public SwitchParameter Tidy { get; set; }

    /// <summary>Gets or sets how fat and muscle are separated.</summary>
    [Parameter]
    public FatMethod FatMethod { get; set; }

    /// <summary>Gets or sets which pixels a threshold or mixture is fitted to.</summary>
    [Parameter]
    public FatScope FatScope { get; set; }

    /// <summary>Gets or sets the number of clusters or components.</summary>
    [Parameter]
    [ValidateRange(2, 3)]
    public int Components { get; set; } = 2;

    /// <summary>Gets or sets the name or number of the reference ROI.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReferenceRoi { get; set; }

    /// <summary>Gets or sets the threshold as a fraction of the reference.</summary>
    [Parameter]
    [ValidateRange(0.01, 1.0)]
    [DecimalPoint]
    public double ReferenceFraction { get; set; } = 0.5;

    /// <summary>Gets or sets the folder of Dixon fat images.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? FatImagePath { get; set; }

    /// <summary>Gets or sets the name of the channel with the water images.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string WaterChannel { get; set; } = "water";

    /// <summary>Gets or sets the name of the channel with the fat images.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string FatChannel { get; set; } = "fat";

    /// <summary>Gets or sets the least sum of water and fat.</summary>
    [Parameter]
    [ValidateRange(0.0, 1e9)]
    [DecimalPoint]
    public double NoiseFloor { get; set; }

    /// <summary>Gets or sets the number of pixels by which ROIs are made smaller.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int Erosion { get; set; }

    /// <summary>Gets or sets the folder of maps of fat.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? FatMapPath { get; set; }

    /// <summary>Gets or sets the workbook to write.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? Excel { get; set; }

    /// <summary>Gets or sets whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => RequireWorkbook(Excel, Force);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var options = new CompositionOptions
        {
            FatMethod = FatMethod,
            FatScope = FatScope,
            Components = Components,
            ReferenceRoi = Try(() => ReferenceRoiParameter.Read(ReferenceRoi, Dataset.LabelNames)),
            ReferenceFraction = ReferenceFraction,
            Erosion = Erosion,
            SideSource = SideSource,
            Levels = Try(() => LevelParameter.Read(Level)),
            FatImagePath = FatImagePath is null ? null : Resolve(FatImagePath),
            WaterChannel = WaterChannel,
            FatChannel = FatChannel,
            NoiseFloor = NoiseFloor,
        };
        Action<FatMap>? maps = FatMapPath is not null && Resolve(FatMapPath) is string folder && ShouldProcess(folder, "Draw maps of fat") ? map => Draw(map, folder) : null;
        CompositionResult found = TryWithProgress("Measuring composition", progress => CompositionMeasure.Measure(Dataset, options, progress.Events, maps, StopToken));
        Report(found.Problems);
        _workbook.AddOptions(options);
        _workbook.AddData(Dataset);
        _slices.AddRange(found.Slices);
        _patients.AddRange(found.Patients);
        _scans.AddRange(found.Scans);
        _levels.AddRange(found.Levels);
        IReadOnlyList<PatientComposition> summaries = ByLevel ? found.Levels : ByScan ? found.Scans : found.Patients;
        bool isSummary = ByLevel || ByPatient || ByScan;
        WriteObject(Tidy ? (isSummary ? CompositionValue.Of(summaries) : CompositionValue.Of(found.Slices)) : isSummary ? summaries : found.Slices, enumerateCollection: true);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        WriteWorkbook(Excel, stream =>
        {
            List<ResultSheet> sheets = [ResultSheet.Of("Slices", _slices), ResultSheet.Of("Patients", _patients)];
            if (_scans.Exists(scan => scan.Scan is not null))
            {
                sheets.Add(ResultSheet.Of("Scans", _scans));
            }

            if (_levels.Count > 0)
            {
                sheets.Add(ResultSheet.Of("Levels", _levels));
            }

            _workbook.Write(stream, sheets);
        });
    }

    private void Draw(FatMap map, string folder)
    {
        string path = Path.Combine(folder, map.Slice + ".png");
        if (!Force && File.Exists(path))
        {
            throw new MedSegException(ErrorKind.AlreadyExists, ErrorIds.FileExists, $"{path}: The file already exists.", path) { Advice = "Use -Force to replace it, or another -FatMapPath." };
        }

        AtomicFile.Write(path, stream => FatMapPicture.Write(stream, map));
    }
}
