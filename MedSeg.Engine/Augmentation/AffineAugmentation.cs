using MedSeg.Training;

namespace MedSeg.Augmentation;

/// <summary>
/// Rotation, warp and crop of a sample, composed into one affine map and resampled once: bilinear for the image, nearest
/// neighbour for the mask, zero outside.
/// </summary>
internal static class AffineAugmentation
{
    /// <summary>Augments one sample.</summary>
    /// <param name="image">The intensities, [S, S].</param>
    /// <param name="roi">The ROI numbers, [S, S].</param>
    /// <param name="size">The side S.</param>
    /// <param name="options">The ranges and probability.</param>
    /// <param name="random">The sample's own random numbers.</param>
    /// <param name="imageOut">Receives the intensities, [S, S].</param>
    /// <param name="roiOut">Receives the ROI numbers, [S, S].</param>
    public static void Apply(ReadOnlySpan<float> image, ReadOnlySpan<byte> roi, int size, TrainingOptions options, SampleRandom random, Span<float> imageOut, Span<byte> roiOut)
    {
        double p = options.AugmentationProbability;
        double angle = random.Next() < p ? random.Next(-options.RotationDegrees, options.RotationDegrees) * Math.PI / 180 : 0;
        bool warp = random.Next() < p;
        double warpX = warp ? random.Next(options.WarpMinimum, 1) : 1;
        double warpY = warp ? random.Next(options.WarpMinimum, 1) : 1;
        bool crop = random.Next() < p;
        double side = crop ? random.Next(options.CropMinimum, options.CropMaximum) : 1;
        double cropX = crop ? random.Next(0, (1 - side) * size) : 0;
        double cropY = crop ? random.Next(0, (1 - side) * size) : 0;

        double centre = size / 2.0;
        double cos = Math.Cos(angle);
        double sin = Math.Sin(angle);
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                // From the result back to the source: crop, then warp, then rotation, about the centre.
                double u = ((((x + 0.5) * side) + cropX) - centre) / warpX;
                double v = ((((y + 0.5) * side) + cropY) - centre) / warpY;
                double sourceX = (cos * u) + (sin * v) + centre;
                double sourceY = (cos * v) - (sin * u) + centre;
                imageOut[(y * size) + x] = Bilinear(image, size, sourceX - 0.5, sourceY - 0.5);
                int column = (int)Math.Floor(sourceX);
                int row = (int)Math.Floor(sourceY);
                bool inside = (uint)column < (uint)size && (uint)row < (uint)size;
                roiOut[(y * size) + x] = inside ? roi[(row * size) + column] : (byte)0;
            }
        }
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
