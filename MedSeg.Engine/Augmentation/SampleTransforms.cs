using MedSeg.Tensors;

namespace MedSeg.Augmentation;

/// <summary>The drawn transforms of one sample. They are drawn on the CPU, even if they are applied on a GPU.</summary>
/// <param name="Map">Rotation, warp and crop.</param>
/// <param name="Field">The elastic deformation; null if there is none.</param>
/// <param name="Intensity">The changes of the intensities of the first channel.</param>
internal readonly record struct SampleTransforms(AffineMap Map, ElasticField? Field, IntensityChanges Intensity)
{
    /// <summary>Gets the changes of the intensities of the other channels; null if there are none.</summary>
    public IReadOnlyList<IntensityChanges>? OtherChannels { get; init; }

    /// <summary>Gets the transforms of each channel: all move the same way.</summary>
    public IEnumerable<SampleTransforms> PerChannel
    {
        get
        {
            SampleTransforms first = this with { OtherChannels = null };
            return (OtherChannels ?? []).Select(changes => first with { Intensity = changes }).Prepend(first);
        }
    }

    /// <summary>Gets a value indicating whether pixels are moved.</summary>
    public bool IsMoved => Field is not null || !Map.IsIdentity;

    /// <summary>Draws the transforms.</summary>
    /// <param name="options">The ranges and probabilities.</param>
    /// <param name="size">The side S.</param>
    /// <param name="random">The sample's own random numbers.</param>
    /// <param name="channels">The number C of channels: each has its own changes of intensities.</param>
    public static SampleTransforms Draw(AugmentationOptions options, int size, SampleRandom random, int channels = 1)
    {
        AffineMap map = AffineMap.Draw(options, size, ref random);
        bool isElastic = options.ElasticShift > 0 && random.Next() < options.IntensityProbability;
        ElasticField? field = isElastic ? ElasticField.Draw(options.ElasticShift * size, ref random) : null;
        var first = IntensityChanges.Draw(options, size * size, ref random);
        if (channels == 1)
        {
            return new SampleTransforms(map, field, first);
        }

        var others = new IntensityChanges[channels - 1];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = IntensityChanges.Draw(options, size * size, ref random);
        }

        return new SampleTransforms(map, field, first) { OtherChannels = others };
    }
}
