using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Evaluation;
using MedSeg.Inference;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Validation;
using MedSeg.Training;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Finds the post-processing and the temperature of models on held-out slices, and writes them into the models.</summary>
[Cmdlet(VerbsCommon.Find, "MedSegPostProcessing", DefaultParameterSetName = "Model", SupportsShouldProcess = true)]
[OutputType(typeof(PostProcessingFinding))]
public sealed class FindMedSegPostProcessingCommand : ModelCmdlet
{
    /// <summary>Gets or sets the model, or several models that segment together; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Model")]
    [Alias("ModelPath")]
    [ArgumentCompleter(typeof(ModelPathCompleter))]
    [SupportsWildcards]
    public string[] Model { get; set; } = [];

    /// <summary>Gets or sets the cross-validation whose models are examined.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "CrossValidation")]
    public CrossValidationResult CrossValidation { get; set; } = null!;

    /// <summary>Gets or sets the labelled data.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    public Dataset Dataset { get; set; } = null!;

    /// <summary>Gets or sets the gain of the mean Dice for which a rule is kept.</summary>
    [Parameter]
    [ValidateRange(0.0001, 1.0)]
    [DecimalPoint]
    public double MinimumGain { get; set; } = PostProcessingSearch.DefaultMinimumGain;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isFolds = ParameterSetName == "CrossValidation";
        string[] models = isFolds ? [.. CrossValidation.ModelPaths] : [.. ResolveAll(Model, isLiteral: false)];
        var options = new InferenceOptions { BatchSize = BatchSize, Backend = Backend, Device = Device };
        PostProcessingFinding found = TryWithProgress($"Examining {string.Join(", ", models)}", progress => isFolds
            ? PostProcessingSearch.FindInFolds(CrossValidation, Dataset, MinimumGain, options, progress.Events, StopToken)
            : PostProcessingSearch.Find(models, Dataset, MinimumGain, options, progress.Events, StopToken));
        foreach (string model in found.ModelPaths)
        {
            if (ShouldProcess(model, "Write the post-processing and the temperature into the model"))
            {
                Try(() => PostProcessingSearch.Write(found, model));
            }
        }

        WriteObject(found);
    }
}
