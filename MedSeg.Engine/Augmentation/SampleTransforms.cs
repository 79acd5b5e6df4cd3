using MedSeg.Tensors;

namespace MedSeg.Augmentation;

/// <summary>The drawn transforms of one sample. They are drawn on the CPU, even if they are applied on a GPU.</summary>
/// <param name="Map">Rotation, warp and crop.</param>
/// <param name="Field">The elastic deformation; null if there is none.</param>
/// <param name="Intensity">The changes of the intensities.</param>
internal readonly record struct SampleTransforms(AffineMap Map, ElasticField? Field, IntensityChanges Intensity)
{
    /// <summary>Gets a value indicating whether pixels are moved.</summary>
    public bool IsMoved => Field is not null || !Map.IsIdentity;

    /// <summary>Draws the transforms.</summary>
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
