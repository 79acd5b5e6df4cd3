using MedSeg.Training;

namespace MedSeg.Augmentation;

/// <summary>
/// Transforms a sample: rotation, warp, crop and elastic deformation are composed into one map and resampled once (bilinear
/// for the image, nearest neighbour for the mask, zero outside); what changes intensities follows.
/// </summary>
internal static class SampleAugmentation
{
    /// <summary>Augments one sample.</summary>
    /// <param name="image">The intensities, [S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="size">The side S.</param>
    /// <param name="options">The ranges and probabilities.</param>
    /// <param name="random">The sample's own random numbers.</param>
    /// <param name="imageOut">Receives the intensities, [S, S].</param>
    /// <param name="roiOut">Receives the ROI numbers, [S, S].</param>
    public static void Apply(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, TrainingOptions options, SampleRandom random, Span<float> imageOut, Span<byte> roiOut)
    {
        AffineMap map = AffineMap.Draw(options, size, ref random);
        bool isElastic = options.ElasticShift > 0 && random.Next() < options.IntensityProbability;
        Move(image, roi, size, map, isElastic ? ElasticField.Draw(options.ElasticShift * size, ref random) : null, imageOut, roiOut);
        IntensityAugmentation.Apply(imageOut, size, options, ref random);
    }

    /// <summary>Moves image and mask alike.</summary>
    /// <param name="image">The intensities, [S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="size">The side S.</param>
    /// <param name="map">From the result back to the source.</param>
    /// <param name="field">The elastic deformation, or null.</param>
    /// <param name="imageOut">Receives the intensities, [S, S].</param>
    /// <param name="roiOut">Receives the ROI numbers, [S, S].</param>
    public static void Move(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, in AffineMap map, ElasticField? field, Span<float> imageOut, Span<byte> roiOut)
    {
        if (field is null)
        {
            Resample(image, roi, size, map, imageOut, roiOut);
        }
        else
        {
            Resample(image, roi, size, map, field, imageOut, roiOut);
        }
    }

    private static void Resample(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, in AffineMap map, Span<float> imageOut, Span<byte> roiOut)
    {
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                (double sourceX, double sourceY) = map.Source(x + 0.5, y + 0.5);
                Take(image, roi, size, sourceX, sourceY, (y * size) + x, imageOut, roiOut);
            }
        }
    }

    private static void Resample(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, in AffineMap map, ElasticField field, Span<float> imageOut, Span<byte> roiOut)
    {
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                (double shiftX, double shiftY) = field.At((x + 0.5) / size, (y + 0.5) / size);
                (double sourceX, double sourceY) = map.Source(x + 0.5 + shiftX, y + 0.5 + shiftY);
                Take(image, roi, size, sourceX, sourceY, (y * size) + x, imageOut, roiOut);
            }
        }
    }

    private static void Take(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, double sourceX, double sourceY, int at, Span<float> imageOut, Span<byte> roiOut)
    {
        imageOut[at] = Bilinear(image, size, sourceX - 0.5, sourceY - 0.5);
        int column = (int)Math.Floor(sourceX);
        int row = (int)Math.Floor(sourceY);
        bool inside = (uint)column < (uint)size && (uint)row < (uint)size;
        roiOut[at] = inside ? roi[(row * size) + column] : (byte)0;
    }

    private static float Bilinear(ReadOnlySpan<float> image, int size, double x, double y)
    {
        int x0 = (int)Math.Floor(x);
        int y0 = (int)Math.Floor(y);
        float fx = (float)(x - x0);
        float fy = (float)(y - y0);
        float top = ((1 - fx) * At(image, size, x0, y0)) + (fx * At(image, size, x0 + 1, y0));
        float bottom = ((1 - fx) * At(image, size, x0, y0 + 1)) + (fx * At(image, size, x0 + 1, y0 + 1));
        return ((1 - fy) * top) + (fy * bottom);
    }

    private static float At(ReadOnlySpan<float> image, int size, int x, int y) =>
        (uint)x < (uint)size && (uint)y < (uint)size ? image[(y * size) + x] : 0;
}
