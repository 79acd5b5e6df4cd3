using System.Globalization;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Evaluation;
using MedSeg.Inference;
using MedSeg.Inspection;
using MedSeg.Labels;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Validation;
using MedSeg.Reports;
using MedSeg.Training;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Inspects the label masks of a data set.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MedSegLabels", DefaultParameterSetName = "Reports", SupportsShouldProcess = true)]
[Alias("Test-MedSegLabel")]
[OutputType(typeof(LabelReport), ParameterSetName = ["Reports"])]
[OutputType(typeof(bool), ParameterSetName = ["Quiet"])]
[OutputType(typeof(DatasetInspection), ParameterSetName = ["Summary"])]
[OutputType(typeof(LabelDisagreement), ParameterSetName = ["Model", "CrossValidation"])]
public sealed class TestMedSegLabelsCommand : MedSegCmdlet
{
    // Models below it do not know where the ROIs are.
    private const double PoorDice = 0.5;

    /// <summary>Gets or sets the data set.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets the data set that training will be validated on.</summary>
    [Parameter(ParameterSetName = "Reports")]
    [Parameter(ParameterSetName = "Quiet")]
    [Parameter(ParameterSetName = "Summary")]
    [ValidateNotNull]
    public Dataset? ValidationDataset { get; set; }

    /// <summary>Gets or sets whether to return only true or false.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Quiet")]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Gets or sets whether to return one object for the whole data set.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Summary")]
    public SwitchParameter Summary { get; set; }

    /// <summary>Gets or sets the HTML page to write.</summary>
    [Parameter(ParameterSetName = "Reports")]
    [Parameter(ParameterSetName = "Quiet")]
    [Parameter(ParameterSetName = "Summary")]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? ReportPath { get; set; }

    /// <summary>Gets or sets the models that judge the masks; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Model")]
    [Alias("ModelPath")]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    [SupportsWildcards]
    public string[] Model { get; set; } = [];

    /// <summary>Gets or sets the file that lists the folds of the models' training.</summary>
    [Parameter(ParameterSetName = "Model")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TablePathCompleter))]
    public string? FoldPath { get; set; }

    /// <summary>Gets or sets the cross-validation whose models judge the masks.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CrossValidation")]
    public CrossValidationResult CrossValidation { get; set; } = null!;

    /// <summary>Gets or sets the folder for pictures of the slices that the models disagree with most.</summary>
    [Parameter(ParameterSetName = "Model")]
    [Parameter(ParameterSetName = "CrossValidation")]
    [ValidateNotNullOrEmpty]
    [ValidateOutputName]
    public string? PicturePath { get; set; }

    /// <summary>Gets or sets the number of pictures.</summary>
    [Parameter(ParameterSetName = "Model")]
    [Parameter(ParameterSetName = "CrossValidation")]
    [ValidateRange(1, int.MaxValue)]
    public int PictureCount { get; set; } = 20;

    /// <summary>Gets or sets the batch size.</summary>
    [Parameter(ParameterSetName = "Model")]
    [Parameter(ParameterSetName = "CrossValidation")]
    [ValidateRange(1, 1024)]
    public int BatchSize { get; set; } = 4;

    /// <summary>Gets or sets the device.</summary>
    [Parameter(ParameterSetName = "Model")]
    [Parameter(ParameterSetName = "CrossValidation")]
    [ArgumentCompleter(typeof(DeviceCompleter))]
    public string Device { get; set; } = "Auto";

    /// <summary>Gets or sets whether existing files are replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName is "Model" or "CrossValidation")
        {
            Rank();
        }
        else
        {
            Inspect();
        }
    }

    private void Rank()
    {
        string[] models = [.. ResolveAll(Model, isLiteral: false)];
        string? folds = FoldPath is null ? null : Resolve(FoldPath);
        string? folder = PicturePath is null ? null : Resolve(PicturePath);
        var options = new InferenceOptions { BatchSize = BatchSize, Device = Device };
        IReadOnlyList<LabelDisagreement> ranked = TryWithProgress($"Comparing {Dataset.LabelPath}", progress => ParameterSetName == "Model"
            ? LabelReview.Rank(Dataset, models, folds, options, progress.Events, StopToken)
            : LabelReview.RankByFolds(Dataset, CrossValidation, options, progress.Events, StopToken));
        if (ranked.Count(slice => !slice.IsHeldOut) is > 0 and int seen)
        {
            WriteWarning($"{seen} of {ranked.Count} slices were used to train the models that judge them, so mistakes in them may not be found. Judge each slice by a model that did not see it: use Invoke-MedSegCrossValidation, and -CrossValidation.");
        }

        if (LabelReview.MedianDice(ranked) is < PoorDice and double dice)
        {
            WriteWarning(string.Create(CultureInfo.InvariantCulture, $"The median Dice score of the models is only {dice:0.00}, so they cannot judge labels yet, and the ranking says little. Train for more epochs first."));
        }

        WriteObject(folder is null ? ranked : Draw(folder, ranked), enumerateCollection: true);
    }

    private IEnumerable<LabelDisagreement> Draw(string folder, IReadOnlyList<LabelDisagreement> ranked)
    {
        LabelDisagreement[] worst = [.. ranked.Take(PictureCount)];
        foreach (LabelDisagreement slice in worst)
        {
            RefuseToOverwrite(DisagreementPictures.PathOf(folder, slice), Force);
        }

        bool isDrawn = ShouldProcess(folder, $"Draw {worst.Length} slices");
        return [.. worst.Select(slice => isDrawn ? Try(() => DisagreementPictures.Write(folder, Dataset, slice)) : slice), .. ranked.Skip(PictureCount)];
    }

    private void Inspect()
    {
        string? page = ReportPath is null ? null : Resolve(ReportPath);
        if (page is not null)
        {
            RefuseToOverwrite(page, Force);
        }

        DatasetInspection inspection = TryWithProgress("Inspecting labels", progress => DatasetInspector.Inspect(Dataset, ValidationDataset, progress.Events, StopToken));
        WriteVerbose($"{Dataset.LabelPath}: of {inspection.Reports.Count} samples {inspection.Invalid} cannot be used and {inspection.Suspect} are suspect.");
        if (page is not null && ShouldProcess(page, "Write the inspection page"))
        {
            WriteOutput(page, stream => InspectionPage.Write(stream, Dataset, inspection, Path.GetDirectoryName(page)!));
        }

        if (Quiet)
        {
            WriteObject(inspection.IsClean);
            return;
        }

        if (Summary)
        {
            WriteObject(inspection);
            return;
        }

        foreach (LabelProblem problem in inspection.Problems)
        {
            WriteWarning(problem.Text);
        }

        WriteObject(inspection.Reports, enumerateCollection: true);
    }
}
