using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Evaluation;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Scores a model on labelled data.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "MedSegModel", DefaultParameterSetName = "Roi", SupportsShouldProcess = true)]
[OutputType(typeof(ModelScore), ParameterSetName = ["Roi"])]
[OutputType(typeof(CaseScore), ParameterSetName = ["Patient", "Slice"])]
public sealed class MeasureMedSegModelCommand : InferenceCmdlet
{
    private readonly ResultWorkbook _workbook = new("Measure-MedSegModel");
    private readonly List<ModelEvaluation> _found = [];

    /// <summary>Gets or sets the model, or several models that segment together; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("ModelPath", "ModelPaths", "Path")]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    [SupportsWildcards]
    public string[] Model { get; set; } = [];

    /// <summary>Gets or sets the labelled data.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets whether to return a score per patient.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Patient")]
    public SwitchParameter ByPatient { get; set; }

    /// <summary>Gets or sets whether to return a score per slice.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Slice")]
    public SwitchParameter BySlice { get; set; }

    /// <summary>Gets or sets the PNG of the Bland-Altman plot.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? PlotPath { get; set; }

    /// <summary>Gets or sets the workbook to write.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? Excel { get; set; }

    /// <summary>Gets or sets the seed of the bootstrap.</summary>
    [Parameter]
    public int Seed { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => RequireWorkbook(Excel, Force);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string[] models = [.. ResolveAll(Model, isLiteral: false)];
        string? plot = PlotPath is null ? null : Resolve(PlotPath);
        if (plot is not null)
        {
            RequireOutput(plot, Force, ".png");
        }

        ModelEvaluation found = TryWithProgress($"Measuring {string.Join(", ", models)}", progress => ModelEvaluator.EvaluateEnsemble(models, Dataset, Options(), Seed, progress.Events, StopToken));
        if (plot is not null && ShouldProcess(plot, "Draw the agreement of areas"))
        {
            WriteOutput(plot, stream => AgreementPlot.Write(stream, found.Slices));
        }

        if (Excel is not null)
        {
            _found.Add(found);
            _workbook.AddData(Dataset);
            _workbook.AddOptions(Options());
            Try(() => _workbook.AddModels(models));
        }

        WriteObject(ByPatient ? found.Patients : BySlice ? found.Slices : found.Rois, enumerateCollection: true);
    }
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        WriteWorkbook(Excel, stream => _workbook.Write(
            stream,
            ResultSheet.Of("ROIs", [.. _found.SelectMany(f => f.Rois)]),
            ResultSheet.Of("Patients", [.. _found.SelectMany(f => f.Patients)]),
            ResultSheet.Of("Slices", [.. _found.SelectMany(f => f.Slices)])));
    }
}
