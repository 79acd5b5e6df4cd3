namespace MedSeg.Augmentation;

/// <summary>The ranges and probabilities of the random transforms of training slices; the defaults are the published ones.</summary>
public record AugmentationOptions
{
    /// <summary>Gets the largest rotation, in degrees either way.</summary>
    public double RotationDegrees { get; init; } = 5;

    /// <summary>Gets the smallest factor by which an axis is shrunk.</summary>
    public double WarpMinimum { get; init; } = 0.8;

    /// <summary>Gets the smallest side of a crop, as a share of S.</summary>
    public double CropMinimum { get; init; } = 0.5;

    /// <summary>Gets the largest side of a crop, as a share of S.</summary>
    public double CropMaximum { get; init; } = 0.8;

    /// <summary>Gets the probability of each of rotation, warp and crop.</summary>
    public double AugmentationProbability { get; init; } = 0.5;

    /// <summary>Gets the probability of each of the transforms that follow.</summary>
    public double IntensityProbability { get; init; } = 0.2;

    /// <summary>Gets the greatest change of gamma: from 1 / (1 + it) to 1 + it; 0 for none.</summary>
    public double GammaRange { get; init; }

    /// <summary>Gets the greatest change of contrast, as a share; 0 for none.</summary>
    public double ContrastRange { get; init; }

    /// <summary>Gets the greatest standard deviation of added noise, in those of the slice; 0 for none.</summary>
    public double NoiseDeviation { get; init; }

    /// <summary>Gets the greatest standard deviation of a Gaussian blur, in pixels; 0 for none.</summary>
    public double BlurSigma { get; init; }

    /// <summary>Gets the greatest factor by which a slice is made coarser and brought back; 1 for none.</summary>
    public double LowResolutionFactor { get; init; } = 1;

    /// <summary>Gets the greatest shift of an elastic deformation, as a share of S; 0 for none.</summary>
    public double ElasticShift { get; init; }
}
