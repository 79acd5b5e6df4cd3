using System.Globalization;
using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Training;

namespace MedSeg.PowerShell;

/// <summary>What the commands share that change slices as training does: the recipe, the transforms and the seed.</summary>
public abstract class AugmentationCmdlet : MedSegCmdlet
{
    /// <summary>Gets or sets the recipe, whose options single parameters replace.</summary>
    [Parameter]
    public Recipe Recipe { get; set; }

    /// <summary>Gets or sets the largest rotation in degrees.</summary>
    [Parameter]
    [ValidateRange(0.0, 180.0)]
    public double RotationDegrees { get; set; }

    /// <summary>Gets or sets the smallest warp factor.</summary>
    [Parameter]
    [ValidateRange(0.1, 1.0)]
    public double WarpMinimum { get; set; }

    /// <summary>Gets or sets the smallest crop.</summary>
    [Parameter]
    [ValidateRange(0.1, 1.0)]
    public double CropMinimum { get; set; }

    /// <summary>Gets or sets the largest crop.</summary>
    [Parameter]
    [ValidateRange(0.1, 1.0)]
    public double CropMaximum { get; set; }

    /// <summary>Gets or sets the probability of each transform.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double AugmentationProbability { get; set; }

    /// <summary>Gets or sets the probability of each of the transforms that follow.</summary>
    [Parameter]
    [ValidateRange(0.0, 1.0)]
    public double IntensityProbability { get; set; }

    /// <summary>Gets or sets the greatest change of gamma.</summary>
    [Parameter]
    [ValidateRange(0.0, 5.0)]
    public double GammaRange { get; set; }

    /// <summary>Gets or sets the greatest change of contrast.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.95)]
    public double ContrastRange { get; set; }

    /// <summary>Gets or sets the greatest deviation of added noise.</summary>
    [Parameter]
    [ValidateRange(0.0, 5.0)]
    public double NoiseDeviation { get; set; }

    /// <summary>Gets or sets the greatest blur.</summary>
    [Parameter]
    [ValidateRange(0.0, 20.0)]
    public double BlurSigma { get; set; }

    /// <summary>Gets or sets the greatest factor by which a slice is made coarser.</summary>
    [Parameter]
    [ValidateRange(1.0, 16.0)]
    public double LowResolutionFactor { get; set; }

    /// <summary>Gets or sets the greatest shift of an elastic deformation.</summary>
    [Parameter]
    [ValidateRange(0.0, 0.1)]
    public double ElasticShift { get; set; }

    /// <summary>Gets or sets the seed.</summary>
    [Parameter]
    public int Seed { get; set; }

    /// <summary>Gets the names of the parameters that have a value other than their default.</summary>
    protected virtual IEnumerable<string> Given => MyInvocation.BoundParameters.Keys;

    /// <summary>Makes the options of training: what was given by a parameter of an option's name, and else the recipe's.</summary>
    /// <returns>The options; paths are absolute.</returns>
    protected TrainingOptions Options()
    {
        IEnumerable<KeyValuePair<string, object?>> given = Given.Select(name => KeyValuePair.Create(name, GetType().GetProperty(name)?.GetValue(this)));
        TrainingOptions options = TrainingOptions.For(Recipe).With(given.Select(option => option.Value is SwitchParameter on ? KeyValuePair.Create(option.Key, (object?)on.ToBool()) : option));
        if (options.CropMinimum > options.CropMaximum)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, "CropInvalid", string.Create(CultureInfo.InvariantCulture, $"-CropMinimum is {options.CropMinimum}, which is more than -CropMaximum, {options.CropMaximum}. Give a smaller -CropMinimum or a larger -CropMaximum, too.")));
        }

        return options with { FoldPath = options.FoldPath is { } path ? Resolve(path) : null };
    }
}
