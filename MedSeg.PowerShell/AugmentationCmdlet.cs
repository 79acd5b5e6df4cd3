using System.Management.Automation;
using MedSeg.PowerShell.Validation;
using MedSeg.Training;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that augment slices as training does: the recipe, the transforms and the seed.</summary>
public abstract class AugmentationCmdlet : MedSegCmdlet
{
    /// <summary>Gets or sets the recipe; parameters override its options.</summary>
    [Parameter]
    public Recipe Recipe { get; set; }

    /// <summary>Gets or sets the largest rotation in degrees.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxRotationDegrees)]
    [DecimalPoint]
    public double RotationDegrees { get; set; }

    /// <summary>Gets or sets the smallest warp factor.</summary>
    [Parameter]
    [ValidateRange(TrainingOptions.MinShare, 1.0)]
    [DecimalPoint]
    public double WarpMinimum { get; set; }

    /// <summary>Gets or sets the smallest crop.</summary>
    [Parameter]
    [ValidateRange(TrainingOptions.MinShare, 1.0)]
    [DecimalPoint]
    public double CropMinimum { get; set; }

    /// <summary>Gets or sets the largest crop.</summary>
    [Parameter]
    [ValidateRange(TrainingOptions.MinShare, 1.0)]
    [DecimalPoint]
    public double CropMaximum { get; set; }

    /// <summary>Gets or sets the probability of each transform.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [DecimalPoint]
    public double AugmentationProbability { get; set; }

    /// <summary>Gets or sets the probability of each of the transforms that follow.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    [DecimalPoint]
    public double IntensityProbability { get; set; }

    /// <summary>Gets or sets the largest change of gamma.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxGammaRange)]
    [DecimalPoint]
    public double GammaRange { get; set; }

    /// <summary>Gets or sets the largest change of contrast.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxContrastRange)]
    [DecimalPoint]
    public double ContrastRange { get; set; }

    /// <summary>Gets or sets the largest standard deviation of added noise.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxNoiseDeviation)]
    [DecimalPoint]
    public double NoiseDeviation { get; set; }

    /// <summary>Gets or sets the largest blur.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxBlurSigma)]
    [DecimalPoint]
    public double BlurSigma { get; set; }

    /// <summary>Gets or sets the largest factor by which the resolution is reduced.</summary>
    [Parameter]
    [ValidateRange(1.0, TrainingOptions.MaxLowResolutionFactor)]
    [DecimalPoint]
    public double LowResolutionFactor { get; set; }

    /// <summary>Gets or sets the largest shift of an elastic deformation.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxElasticShift)]
    [DecimalPoint]
    public double ElasticShift { get; set; }

    /// <summary>Gets or sets the seed.</summary>
    [Parameter]
    public int Seed { get; set; }

    /// <summary>Gets the names of the parameters that were given.</summary>
    protected virtual IEnumerable<string> Given => MyInvocation.BoundParameters.Keys;

    /// <summary>
    /// Makes the training options: the recipe's, overridden by parameters with the name of an option. Ends the command where they are invalid.
    /// </summary>
    /// <returns>The options; paths are absolute.</returns>
    protected TrainingOptions Options()
    {
        IEnumerable<KeyValuePair<string, object?>> given = Given.Where(TrainingOptions.IsOption).Select(name => KeyValuePair.Create(name, ValueOf(name)));
        TrainingOptions options = Defaults().With(given);
        options = options with { FoldPath = options.FoldPath is { } path ? Resolve(path) : null };
        return Try(() =>
        {
            options.Validate();
            return options;
        });
    }

    /// <summary>Gets the options that parameters override.</summary>
    private protected virtual TrainingOptions Defaults() => TrainingOptions.For(Recipe);

    private object? ValueOf(string name) => GetType().GetProperty(name)?.GetValue(this) is var value && value is SwitchParameter on ? on.ToBool() : value;
}
