namespace MedSeg.Imaging;

/// <summary>Brings slices and their masks to the network's input size.</summary>
public static class ImageResizer
{
    /// <summary>
    /// Resamples an image with a triangle filter, widened when shrinking so that no pixel is passed over; bilinear when
    /// enlarging. Pixel centres lie at half positions.
    /// </summary>
    /// <param name="pixels">The intensities, [rows, columns].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="size">The side S of the result.</param>
    /// <param name="mode">What becomes of a slice that is not square.</param>
    /// <returns>The intensities, [S, S].</returns>
    public static float[] ResizeImage(ReadOnlySpan<float> pixels, int rows, int columns, int size, ResizeMode mode)
    {
        (int height, int width) = ContentSize(rows, columns, size, mode);
        Weights across = new(columns, width);
        Weights down = new(rows, height);
        float[] wide = new float[rows * width];
        for (int y = 0; y < rows; y++)
        {
            ReadOnlySpan<float> line = pixels.Slice(y * columns, columns);
            for (int x = 0; x < width; x++)
            {
                wide[(y * width) + x] = across.Sum(line, x, 1);
            }
        }

        float[] result = new float[size * size];
        int top = (size - height) / 2;
        int left = (size - width) / 2;
        if (height != size || width != size)
        {
            Array.Fill(result, Smallest(pixels));
        }

        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                result[((top + y) * size) + left + x] = down.Sum(wide.AsSpan(x), y, width);
            }
        }

        return result;
    }

    /// <summary>Resamples a mask by nearest neighbour, so that no value appears that was not there.</summary>
    /// <param name="roi">The ROI numbers, [rows, columns].</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="size">The side S of the result.</param>
    /// <param name="mode">What becomes of a slice that is not square.</param>
    /// <returns>The ROI numbers, [S, S].</returns>
    public static byte[] ResizeLabel(ReadOnlySpan<byte> roi, int rows, int columns, int size, ResizeMode mode)
    {
        (int height, int width) = ContentSize(rows, columns, size, mode);
        int top = (size - height) / 2;
        int left = (size - width) / 2;
        byte[] result = new byte[size * size];
        for (int y = 0; y < height; y++)
        {
            int sourceRow = (int)(((2L * y) + 1) * rows / (2L * height));
            for (int x = 0; x < width; x++)
            {
                int sourceColumn = (int)(((2L * x) + 1) * columns / (2L * width));
                result[((top + y) * size) + left + x] = roi[(sourceRow * columns) + sourceColumn];
            }
        }

        return result;
    }

    private static (int Height, int Width) ContentSize(int rows, int columns, int size, ResizeMode mode)
    {
        if (mode == ResizeMode.Stretch || rows == columns)
        {
            return (size, size);
        }

        double scale = (double)size / Math.Max(rows, columns);
        return (Math.Max(1, (int)Math.Round(rows * scale)), Math.Max(1, (int)Math.Round(columns * scale)));
    }

    private static float Smallest(ReadOnlySpan<float> pixels)
    {
        float low = float.PositiveInfinity;
        foreach (float pixel in pixels)
        {
            low = Math.Min(low, pixel);
        }

        return low;
    }

    /// <summary>The source pixels that each target pixel along one axis is made of, and their shares.</summary>
    private readonly struct Weights
    {
        private readonly int[] _starts;
        private readonly float[][] _shares;

        public Weights(int source, int target)
        {
            double scale = (double)source / target;
            double support = Math.Max(1, scale);
            _starts = new int[target];
            _shares = new float[target][];
            for (int i = 0; i < target; i++)
            {
                double centre = (i + 0.5) * scale;
                int first = Math.Max(0, (int)Math.Floor(centre - support + 0.5));
                int last = Math.Min(source, (int)Math.Floor(centre + support + 0.5));
                float[] shares = new float[Math.Max(1, last - first)];
                double sum = 0;
                for (int j = 0; j < shares.Length; j++)
                {
                    double share = Math.Max(0, 1 - Math.Abs((first + j + 0.5 - centre) / support));
                    shares[j] = (float)share;
                    sum += share;
                }

                for (int j = 0; j < shares.Length; j++)
                {
                    shares[j] = (float)(shares[j] / sum);
                }

                _starts[i] = first;
                _shares[i] = shares;
            }
        }

        public float Sum(ReadOnlySpan<float> values, int index, int stride)
        {
            float sum = 0;
            int start = _starts[index];
            float[] shares = _shares[index];
            for (int j = 0; j < shares.Length; j++)
            {
                sum += shares[j] * values[(start + j) * stride];
            }

            return sum;
        }
    }
}
