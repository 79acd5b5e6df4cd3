using MedSeg.Tensors;

namespace MedSeg.Augmentation;

/// <summary>The drawn changes of the intensities of one sample; null for transforms that are not applied.</summary>
/// <param name="BlurSigma">The standard deviation of the blur, in pixels.</param>
/// <param name="NoiseShare">The standard deviation of the noise, relative to that of the slice.</param>
/// <param name="NoiseNumbers">The sample's random numbers, positioned at those of the noise.</param>
/// <param name="Contrast">The factor by which values move away from the mean.</param>
/// <param name="Gamma">The power to which values are raised.</param>
/// <param name="Coarseness">The factor by which pixels become larger.</param>
internal readonly record struct IntensityChanges(double? BlurSigma, double? NoiseShare, SampleRandom NoiseNumbers, double? Contrast, double? Gamma, double? Coarseness)
{
    /// <summary>Draws each enabled transform with its probability, in this order: blur, noise, contrast, gamma, lower resolution.</summary>
    /// <param name="options">The ranges and the probability.</param>
    /// <param name="pixels">The number of pixels of the slice: the noise takes a random number for each, and later transforms use those after them.</param>
    /// <param name="random">The sample's random numbers.</param>
    public static IntensityChanges Draw(AugmentationOptions options, int pixels, ref SampleRandom random)
    {
        double p = options.IntensityProbability;
        double? blur = options.BlurSigma > 0 && random.Next() < p ? random.Next(0, options.BlurSigma) : null;
        double? noise = options.NoiseDeviation > 0 && random.Next() < p ? random.Next(0, options.NoiseDeviation) : null;
        SampleRandom noiseNumbers = random;
        if (noise is not null)
        {
            random.Skip(IntensityAugmentation.NoiseDraws(pixels));
        }

        double? contrast = options.ContrastRange > 0 && random.Next() < p ? 1 + random.Next(-options.ContrastRange, options.ContrastRange) : null;
        double? gamma = options.GammaRange > 0 && random.Next() < p ? Math.Pow(1 + options.GammaRange, random.Next(-1, 1)) : null;
        double? coarseness = options.LowResolutionFactor > 1 && random.Next() < p ? random.Next(1, options.LowResolutionFactor) : null;
        return new IntensityChanges(blur, noise, noiseNumbers, contrast, gamma, coarseness);
    }
}
