using MedSeg.Tensors;

namespace MedSeg.Augmentation;

/// <summary>All that was drawn for one sample. It is drawn on the processor, wherever it is applied.</summary>
/// <param name="Map">Rotation, warp and crop.</param>
/// <param name="Field">The elastic deformation, or null.</param>
/// <param name="Intensity">What changes intensities.</param>
internal readonly record struct SampleTransforms(AffineMap Map, ElasticField? Field, IntensityChanges Intensity)
{
    /// <summary>Gets a value indicating whether pixels go elsewhere.</summary>
    public bool IsMoved => Field is not null || !Map.IsStill;

    /// <summary>Draws.</summary>
    /// <param name="options">The ranges and probabilities.</param>
    /// <param name="size">The side S.</param>
    /// <param name="random">The sample's own random numbers.</param>
    public static SampleTransforms Draw(AugmentationOptions options, int size, SampleRandom random)
    {
        AffineMap map = AffineMap.Draw(options, size, ref random);
        bool isElastic = options.ElasticShift > 0 && random.Next() < options.IntensityProbability;
        ElasticField? field = isElastic ? ElasticField.Draw(options.ElasticShift * size, ref random) : null;
        return new SampleTransforms(map, field, IntensityChanges.Draw(options, size * size, ref random));
    }
}
