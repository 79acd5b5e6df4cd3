using System.Runtime.CompilerServices;
using MedSeg.Tensors;

namespace MedSeg.Augmentation;

/// <summary>
/// Transforms a sample: rotation, warp, crop and elastic deformation are combined into one map and resampled once (bilinear for the image,
/// nearest neighbour for the mask, zero outside); the changes of intensities follow.
/// </summary>
internal static class SampleAugmentation
{
    /// <summary>Augments one sample: all channels move the same way, and each has its own changes of intensities.</summary>
    /// <param name="image">The intensities, [C, S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="size">The side S.</param>
    /// <param name="options">The ranges and probabilities.</param>
    /// <param name="random">The sample's own random numbers.</param>
    /// <param name="imageOut">Receives the intensities, [C, S, S].</param>
    /// <param name="roiOut">Receives the ROI numbers, [S, S].</param>
    public static void Apply(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, AugmentationOptions options, SampleRandom random, Span<float> imageOut, Span<byte> roiOut)
    {
        var drawn = SampleTransforms.Draw(options, size, random, image.Length / roi.Length);
        int start = 0;
        foreach (SampleTransforms channel in drawn.PerChannel)
        {
            // Each channel moves the mask again, to the same place.
            Span<float> result = imageOut.Slice(start, roi.Length);
            Move(image.Slice(start, roi.Length), roi, size, channel.Map, channel.Field, result, roiOut);
            IntensityAugmentation.Apply(result, size, channel.Intensity);
            start += roi.Length;
        }
    }

    /// <summary>Resamples the image and the mask with the same map.</summary>
    /// <param name="image">The intensities, [S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="size">The side S.</param>
    /// <param name="map">The map from the result to the source.</param>
    /// <param name="field">The elastic deformation; null if there is none.</param>
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

    // The source positions of a row lie on a line with equal steps. The part of it within the image needs no checks.
    private static void Resample(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, in AffineMap map, Span<float> imageOut, Span<byte> roiOut)
    {
        (double x0, double y0) = map.Source(0.5, 0.5);
        (double x1, double y1) = map.Source(1.5, 0.5);
        (double stepX, double stepY) = (x1 - x0, y1 - y0);
        for (int y = 0; y < size; y++)
        {
            (double startX, double startY) = map.Source(0.5, y + 0.5);
            (int first, int end) = Inside(startX - 0.5, stepX, 0, size, size - 1);
            (first, end) = Inside(startY - 0.5, stepY, first, end, size - 1);
            for (int x = 0; x < first; x++)
            {
                Take(image, roi, size, startX + (stepX * x), startY + (stepY * x), (y * size) + x, imageOut, roiOut);
            }

            for (int x = first; x < end; x++)
            {
                TakeInside(image, roi, size, startX + (stepX * x), startY + (stepY * x), (y * size) + x, imageOut, roiOut);
            }

            for (int x = end; x < size; x++)
            {
                Take(image, roi, size, startX + (stepX * x), startY + (stepY * x), (y * size) + x, imageOut, roiOut);
            }
        }
    }

    // The part of first to end for which start + step x is at least 0 and below limit.
    private static (int First, int End) Inside(double start, double step, int first, int end, double limit)
    {
        bool IsInside(int x) => start + (step * x) >= 0 && start + (step * x) < limit;
        if (Math.Abs(step) > 1e-9)
        {
            double a = -start / step;
            double b = (limit - start) / step;
            first = (int)Math.Clamp(Math.Ceiling(Math.Min(a, b)), first, end);
            end = (int)Math.Clamp(Math.Ceiling(Math.Max(a, b)), first, end);
        }

        // Correct for rounding.
        while (first < end && !IsInside(first))
        {
            first++;
        }

        while (first < end && !IsInside(end - 1))
        {
            end--;
        }

        return (first, end);
    }

    private static void Resample(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, in AffineMap map, ElasticField field, Span<float> imageOut, Span<byte> roiOut)
    {
        ElasticField.Grid grid = field.OnGrid(size);
        for (int y = 0; y < size; y++)
        {
            grid.MoveTo(y);
            for (int x = 0; x < size; x++)
            {
                (double shiftX, double shiftY) = grid.At(x);
                (double sourceX, double sourceY) = map.Source(x + 0.5 + shiftX, y + 0.5 + shiftY);
                bool isInside = sourceX >= 0.5 && sourceX < size - 0.5 && sourceY >= 0.5 && sourceY < size - 0.5;
                if (isInside)
                {
                    TakeInside(image, roi, size, sourceX, sourceY, (y * size) + x, imageOut, roiOut);
                }
                else
                {
                    Take(image, roi, size, sourceX, sourceY, (y * size) + x, imageOut, roiOut);
                }
            }
        }
    }

    // For positions whose four neighbouring pixels are all within the image.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TakeInside(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, double sourceX, double sourceY, int at, Span<float> imageOut, Span<byte> roiOut)
    {
        double x = sourceX - 0.5;
        double y = sourceY - 0.5;
        int x0 = (int)x;
        int y0 = (int)y;
        float fx = (float)(x - x0);
        float fy = (float)(y - y0);
        ReadOnlySpan<float> above = image.Slice((y0 * size) + x0, 2);
        ReadOnlySpan<float> below = image.Slice(((y0 + 1) * size) + x0, 2);
        float top = ((1 - fx) * above[0]) + (fx * above[1]);
        float bottom = ((1 - fx) * below[0]) + (fx * below[1]);
        imageOut[at] = ((1 - fy) * top) + (fy * bottom);
        roiOut[at] = roi[((int)sourceY * size) + (int)sourceX];
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
