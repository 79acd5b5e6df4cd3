using System.Management.Automation;
using MedSeg.Evaluation;
using MedSeg.Inference;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Summarizes areas by series and ROI.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "MedSegArea", SupportsShouldProcess = true)]
[OutputType(typeof(AreaSummary))]
public sealed class MeasureMedSegAreaCommand : MedSegCmdlet
{
    private readonly List<SegmentedSlice> _slices = [];

    /// <summary>Gets or sets the slices.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public SegmentedSlice[] Slice { get; set; } = [];

    /// <summary>Gets or sets the CSV file with the areas of all slices.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? CsvPath { get; set; }

    /// <summary>Gets or sets the workbook to write.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? Excel { get; set; }

    /// <summary>Gets or sets whether an existing file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (CsvPath is not null)
        {
            RequireOutput(Resolve(CsvPath), Force);
        }

        RequireWorkbook(Excel, Force);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _slices.AddRange(Slice);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (CsvPath is not null && Resolve(CsvPath) is string path && ShouldProcess(path, "Write the areas"))
        {
            WriteOutput(path, stream => AreaCsv.Write(stream, _slices));
        }

        IReadOnlyList<AreaSummary> areas = AreaMeasure.Summarize(_slices);
        WriteWorkbook(Excel, stream =>
        {
            var workbook = new ResultWorkbook("Measure-MedSegArea");
            workbook.AddModels(_slices.SelectMany(slice => slice.ModelPaths).Distinct().Where(File.Exists));
            workbook.Write(stream, ResultSheet.Of("Series", areas), ResultSheet.OfAreas("Slices", _slices));
        });

        WriteObject(areas, enumerateCollection: true);
    }
}
