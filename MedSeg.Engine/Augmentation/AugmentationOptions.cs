using System.Globalization;
using MedSeg.Errors;
using MedSeg.Options;

namespace MedSeg.Augmentation;

/// <summary>The ranges and probabilities of the random transforms of training slices; the defaults are the published ones.</summary>
public record AugmentationOptions
{
    /// <summary>The largest rotation in degrees.</summary>
    public const double MaxRotationDegrees = 180;

    /// <summary>The smallest warp factor and the smallest crop.</summary>
    public const double MinShare = 0.1;

    /// <summary>The largest change of gamma.</summary>
    public const double MaxGammaRange = 5;

    /// <summary>The largest change of contrast.</summary>
    public const double MaxContrastRange = 0.95;

    /// <summary>The largest standard deviation of added noise.</summary>
    public const double MaxNoiseDeviation = 5;

    /// <summary>The largest blur in pixels.</summary>
    public const double MaxBlurSigma = 20;

    /// <summary>The largest factor by which the resolution is reduced.</summary>
    public const double MaxLowResolutionFactor = 16;

    /// <summary>The largest shift of an elastic deformation.</summary>
    public const double MaxElasticShift = 0.1;

    /// <summary>Gets the largest rotation in either direction, in degrees from 0 to 180.</summary>
    [OptionRange(0, MaxRotationDegrees)]
    public double RotationDegrees { get; init; } = 5;

    /// <summary>Gets the smallest factor by which an axis is shrunk, from 0.1 to 1.</summary>
    [OptionRange(MinShare, 1)]
    public double WarpMinimum { get; init; } = 0.8;

    /// <summary>Gets the smallest side of a crop, as a share of S from 0.1 to 1.</summary>
    [OptionRange(MinShare, 1)]
    public double CropMinimum { get; init; } = 0.5;

    /// <summary>Gets the largest side of a crop, as a share of S from 0.1 to 1.</summary>
    [OptionRange(MinShare, 1)]
    public double CropMaximum { get; init; } = 0.8;

    /// <summary>Gets the probability of each of rotation, warp and crop, from 0 to 1.</summary>
    [OptionRange(0, 1)]
    public double AugmentationProbability { get; init; } = 0.5;

    /// <summary>Gets the probability of each of the transforms that follow, from 0 to 1.</summary>
    [OptionRange(0, 1)]
    public double IntensityProbability { get; init; } = 0.2;

    /// <summary>Gets the largest change of gamma, which is drawn from 1 / (1 + range) to 1 + range; 0 for none.</summary>
    [OptionRange(0, MaxGammaRange)]
    public double GammaRange { get; init; }

    /// <summary>Gets the largest change of contrast, as a share from 0 to 0.95; 0 for none.</summary>
    [OptionRange(0, MaxContrastRange)]
    public double ContrastRange { get; init; }

    /// <summary>Gets the largest standard deviation of the added Gaussian noise, relative to the slice's own; 0 for none.</summary>
    [OptionRange(0, MaxNoiseDeviation)]
    public double NoiseDeviation { get; init; }

    /// <summary>Gets the largest standard deviation of the Gaussian blur, in pixels from 0 to 20; 0 for none.</summary>
    [OptionRange(0, MaxBlurSigma)]
    public double BlurSigma { get; init; }

    /// <summary>Gets the largest factor by which the resolution is reduced before the slice is enlarged again, from 1 to 16; 1 for none.</summary>
    [OptionRange(1, MaxLowResolutionFactor)]
    public double LowResolutionFactor { get; init; } = 1;

    /// <summary>Gets the largest shift of an elastic deformation, as a share of S from 0 to 0.1; 0 for none.</summary>
    [OptionRange(0, MaxElasticShift)]
    public double ElasticShift { get; init; }

    /// <summary>Checks that every option is in its range and that no two contradict each other.</summary>
    /// <exception cref="MedSegException">
    /// A value is out of range, NaN or infinite (<c>OptionOutOfRange</c>), the smallest crop is above the largest (<c>CropInvalid</c>), or
    /// the options of a split contradict each other (<c>ValidationTwice</c>, <c>FoldInvalid</c>, <c>OptionMissing</c>).
    /// </exception>
    public virtual void Validate()
    {
        OptionRanges.Require(this);
        if (CropMinimum > CropMaximum)
        {
            string finding = string.Create(CultureInfo.InvariantCulture, $"-CropMinimum is {CropMinimum}, which is more than -CropMaximum, {CropMaximum}.");
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.CropInvalid, finding)
            {
                Advice = "Give a smaller -CropMinimum or a larger -CropMaximum, too.",
            };
        }
    }
}
