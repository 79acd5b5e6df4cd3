using System.Management.Automation;
using MedSeg.Comparison;
using MedSeg.Composition;
using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Compares the masks of raters.</summary>
[Cmdlet(VerbsData.Compare, "MedSegMask", DefaultParameterSetName = "Roi", SupportsShouldProcess = true)]
[OutputType(typeof(RoiAgreement), ParameterSetName = ["Roi"])]
[OutputType(typeof(MaskScore), ParameterSetName = ["Patient", "Slice"])]
public sealed class CompareMedSegMaskCommand : MaskSetCmdlet
{
    /// <summary>Gets or sets whether to return the scores of each patient.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Patient")]
    public SwitchParameter ByPatient { get; set; }

    /// <summary>Gets or sets whether to return the scores of each slice.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Slice")]
    public SwitchParameter BySlice { get; set; }

    /// <summary>Gets or sets the distance between rows, and that between columns if it is another, in mm.</summary>
    [Parameter]
    [ValidateCount(1, 2)]
    [ValidateRange(1e-4, 1000.0)]
    [DecimalPoint]
    public double[]? PixelSpacing { get; set; }

    /// <summary>Gets or sets the pattern of the patient in the names of slices.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PatientPattern { get; set; }

    /// <summary>Gets or sets the margin of equivalence, in the unit of the areas.</summary>
    [Parameter(ParameterSetName = "Roi")]
    [ValidateRange(1e-6, 1e9)]
    [DecimalPoint]
    public double? EquivalenceMargin { get; set; }

    /// <summary>Gets or sets the margin of equivalence, as a percentage of the first rater's mean area.</summary>
    [Parameter(ParameterSetName = "Roi")]
    [ValidateRange(0.01, 100.0)]
    [DecimalPoint]
    public double? EquivalencePercent { get; set; }

    /// <summary>Gets or sets how fat and muscle are separated.</summary>
    [Parameter(ParameterSetName = "Roi")]
    public FatMethod FatMethod { get; set; }

    /// <summary>Gets or sets which pixels a threshold or mixture is fitted to.</summary>
    [Parameter(ParameterSetName = "Roi")]
    public FatScope FatScope { get; set; }

    /// <summary>Gets or sets the number of clusters or components.</summary>
    [Parameter(ParameterSetName = "Roi")]
    [ValidateRange(2, 3)]
    public int Components { get; set; } = 2;

    /// <summary>Gets or sets the name or number of the reference ROI.</summary>
    [Parameter(ParameterSetName = "Roi")]
    [ValidateNotNullOrEmpty]
    public string? ReferenceRoi { get; set; }

    /// <summary>Gets or sets the threshold as a fraction of the reference.</summary>
    [Parameter(ParameterSetName = "Roi")]
    [ValidateRange(0.01, 1.0)]
    [DecimalPoint]
    public double ReferenceFraction { get; set; } = 0.5;

    /// <summary>Gets or sets the folder of Dixon fat images.</summary>
    [Parameter(ParameterSetName = "Roi")]
    [ValidateNotNullOrEmpty]
    public string? FatImagePath { get; set; }

    /// <summary>Gets or sets the least sum of water and fat.</summary>
    [Parameter(ParameterSetName = "Roi")]
    [ValidateRange(0.0, 1e9)]
    [DecimalPoint]
    public double NoiseFloor { get; set; }

    /// <summary>Gets or sets the number of pixels by which ROIs are made smaller.</summary>
    [Parameter(ParameterSetName = "Roi")]
    [ValidateRange(0, 100)]
    public int Erosion { get; set; }

    /// <summary>Gets or sets the seed of the bootstrap.</summary>
    [Parameter(ParameterSetName = "Roi")]
    public int Seed { get; set; }

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
    protected override void EndProcessing()
    {
        if (EquivalenceMargin is not null && EquivalencePercent is not null)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.MarginTwice, "The margin of equivalence was given twice.") { Advice = "Use -EquivalenceMargin or -EquivalencePercent." });
        }

        MaskComparisonOptions options = MaskOptions() with
        {
            Spacing = PixelSpacing is null ? null : new PixelSpacing(PixelSpacing[0], PixelSpacing[^1]),
            PatientPattern = PatientPattern,
            EquivalenceMargin = EquivalenceMargin,
            EquivalencePercent = EquivalencePercent,
            Seed = Seed,
        };
        MaskComparisonResult found = TryWithProgress("Comparing masks", progress => MaskComparer.Compare(options, progress.Events, StopToken));
        Report(found.Problems);
        CompositionOptions fat = FatOptions(found);
        if (fat.FatMethod != FatMethod.None || fat.FatImagePath is not null)
        {
            CompositionComparison composition = TryWithProgress("Comparing composition", progress => CompositionAgreement.Compare(options, fat, progress.Events, StopToken));
            Report(composition.Problems);
            found = found with { Rois = [.. found.Rois, .. composition.Rois] };
        }

        WriteWorkbook(Excel, stream =>
        {
            var workbook = new ResultWorkbook("Compare-MedSegMask");
            workbook.AddOptions(options);
            workbook.AddOptions(fat);
            workbook.Write(stream, ResultSheet.Of("ROIs", found.Rois), ResultSheet.Of("Patients", found.Patients), ResultSheet.Of("Slices", found.Slices));
        });

        WriteObject(ByPatient ? found.Patients : BySlice ? found.Slices : found.Rois, enumerateCollection: true);
    }

    private CompositionOptions FatOptions(MaskComparisonResult found) => new()
    {
        ReferenceRoi = Try(() => ReferenceRoiParameter.Read(ReferenceRoi, NamesOf(found))),
        ReferenceFraction = ReferenceFraction,
        FatMethod = FatMethod,
        FatScope = FatScope,
        Components = Components,
        FatImagePath = FatImagePath is null ? null : Resolve(FatImagePath),
        NoiseFloor = NoiseFloor,
        Erosion = Erosion,
    };

    // Masks may name the ROIs.
    private static string[] NamesOf(MaskComparisonResult found)
    {
        ILookup<int, string> names = found.Rois.ToLookup(roi => roi.Roi, roi => roi.Name);
        return [.. Enumerable.Range(1, found.Rois.Select(roi => roi.Roi).DefaultIfEmpty().Max()).Select(roi => names[roi].FirstOrDefault() ?? $"ROI {roi}")];
    }
}
