using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Imaging;

/// <summary>Resizes images and masks to the square input size of the network, and masks back to the size of the image.</summary>
internal static class ImageResizer
{
    /// <summary>
    /// Resizes an image with a separable triangle filter (bilinear; smoothed when shrinking, as Pillow's BILINEAR).
    /// </summary>
    /// <param name="pixels">The image [rows, columns], row by row; all finite.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="size">The side S of the result, in pixels.</param>
    /// <param name="mode">How an image that is not square becomes square.</param>
    /// <returns>
    /// The image [S, S]; every value is between the least and the greatest of the source. Padding has the least value
    /// of the source, so min-max scaling gives the same result with and without it and turns it into 0. Other
    /// normalizations depend on how often values occur: apply them before padding.
    /// </returns>
    /// <exception cref="ArgumentException">The sizes do not fit the number of pixels.</exception>
    public static float[] ResizeImage(ReadOnlySpan<float> pixels, int rows, int columns, int size, ResizeMode mode)
    {
        PixelBuffer.Check(pixels.Length, rows, columns);
        var place = ResizeGeometry.Of(rows, columns, size, mode);
        return rows == size && columns == size ? pixels.ToArray() : Resize(pixels, rows, columns, place, size);
    }

    /// <summary>Resizes an image that the caller owns; one that already has the size is not copied.</summary>
    /// <param name="pixels">The image [rows, columns], row by row; all finite.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="size">The side S of the result, in pixels.</param>
    /// <param name="mode">How an image that is not square becomes square.</param>
    /// <returns>The image [S, S], as from <see cref="ResizeImage"/>, or the given array itself.</returns>
    internal static float[] FitImage(float[] pixels, int rows, int columns, int size, ResizeMode mode)
    {
        PixelBuffer.Check(pixels.Length, rows, columns);
        var place = ResizeGeometry.Of(rows, columns, size, mode);
        return rows == size && columns == size ? pixels : Resize(pixels, rows, columns, place, size);
    }

    private static float[] Resize(ReadOnlySpan<float> pixels, int rows, int columns, ResizeGeometry place, int size)
    {
        (float least, float greatest) = IntensityRange.Of(pixels);
        float[] narrowed = ResizeColumns(pixels, rows, columns, place.Columns);
        float[] inside = ResizeRows(narrowed, rows, place.Columns, place.Rows);

        // The weights sum to 1 except for rounding, which must not produce values outside of the source's range.
        Clamp(inside, least, greatest);
        if (place.Rows == size && place.Columns == size)
        {
            return inside;
        }

        float[] result = new float[size * size];
        Array.Fill(result, least);
        Paste<float>(inside, place, result, size);
        return result;
    }

    /// <summary>Resizes a mask by nearest neighbour: pixel i of S is pixel floor((i + 0.5)·n / S) of n.</summary>
    /// <param name="roi">The ROI numbers [rows, columns], row by row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="size">The side S of the result, in pixels.</param>
    /// <param name="mode">How a mask that is not square becomes square; padding is background, 0.</param>
    /// <returns>The mask [S, S], aligned with the resized image.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit the number of pixels.</exception>
    public static byte[] ResizeLabel(ReadOnlySpan<byte> roi, int rows, int columns, int size, ResizeMode mode)
    {
        PixelBuffer.Check(roi.Length, rows, columns);
        var place = ResizeGeometry.Of(rows, columns, size, mode);
        byte[] inside = Nearest(roi, rows, columns, columns, place.Rows, place.Columns);
        if (place.Rows == size && place.Columns == size)
        {
            return inside;
        }

        byte[] result = new byte[size * size];
        Paste<byte>(inside, place, result, size);
        return result;
    }

    /// <summary>Resizes a mask from the network's size back to the image's own size, by nearest neighbour.</summary>
    /// <param name="roi">The ROI numbers [S, S], row by row.</param>
    /// <param name="size">The side S, in pixels.</param>
    /// <param name="rows">The number of rows of the image at its own size.</param>
    /// <param name="columns">The number of columns of the image at its own size.</param>
    /// <param name="mode">How the image became square.</param>
    /// <returns>The mask [rows, columns], without the padding.</returns>
    /// <exception cref="ArgumentException">The size does not fit the number of pixels.</exception>
    public static byte[] RestoreLabel(ReadOnlySpan<byte> roi, int size, int rows, int columns, ResizeMode mode)
    {
        PixelBuffer.Check(roi.Length, size, size);
        var place = ResizeGeometry.Of(rows, columns, size, mode);
        return Nearest(roi[((place.Top * size) + place.Left)..], place.Rows, place.Columns, size, rows, columns);
    }

    private static byte[] Nearest(ReadOnlySpan<byte> source, int rows, int columns, int stride, int targetRows, int targetColumns)
    {
        int[] from = new int[targetColumns];
        for (int i = 0; i < from.Length; i++)
        {
            from[i] = NearestIndex(i, columns, targetColumns);
        }

        byte[] target = new byte[checked(targetRows * targetColumns)];
        for (int row = 0; row < targetRows; row++)
        {
            ReadOnlySpan<byte> line = source.Slice(NearestIndex(row, rows, targetRows) * stride, columns);
            Span<byte> result = target.AsSpan(row * targetColumns, targetColumns);
            for (int i = 0; i < result.Length; i++)
            {
                result[i] = line[from[i]];
            }
        }

        return target;
    }

    // floor((i + 0.5)·n / m), in integers: floating-point numbers could fall on the wrong side of a pixel's edge.
    private static int NearestIndex(int index, int source, int target) => (int)(((2L * index) + 1) * source / (2L * target));

    private static float[] ResizeColumns(ReadOnlySpan<float> pixels, int rows, int columns, int target)
    {
        if (columns == target)
        {
            return pixels.ToArray();
        }

        var weights = new ResizeWeights(columns, target);
        float[] result = new float[checked(rows * target)];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> line = pixels.Slice(row * columns, columns);
            Span<float> into = result.AsSpan(row * target, target);
            for (int i = 0; i < into.Length; i++)
            {
                ReadOnlySpan<float> weight = weights.Of(i);
                ReadOnlySpan<float> source = line.Slice(weights.First(i), weight.Length);
                float sum = 0;
                for (int j = 0; j < weight.Length; j++)
                {
                    sum += weight[j] * source[j];
                }

                into[i] = sum;
            }
        }

        return result;
    }

    private static float[] ResizeRows(float[] pixels, int rows, int columns, int target)
    {
        if (rows == target)
        {
            return pixels;
        }

        var weights = new ResizeWeights(rows, target);
        float[] result = new float[checked(target * columns)];
        for (int row = 0; row < target; row++)
        {
            ReadOnlySpan<float> weight = weights.Of(row);
            Span<float> into = result.AsSpan(row * columns, columns);
            for (int j = 0; j < weight.Length; j++)
            {
                AddScaled(into, pixels.AsSpan((weights.First(row) + j) * columns, columns), weight[j]);
            }
        }

        return result;
    }

    private static void AddScaled(Span<float> sum, ReadOnlySpan<float> line, float weight)
    {
        Span<Vector<float>> sums = MemoryMarshal.Cast<float, Vector<float>>(sum);
        ReadOnlySpan<Vector<float>> lines = MemoryMarshal.Cast<float, Vector<float>>(line);
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += lines[i] * weight;
        }

        for (int i = sums.Length * Vector<float>.Count; i < sum.Length; i++)
        {
            sum[i] += line[i] * weight;
        }
    }

    private static void Clamp(Span<float> pixels, float least, float greatest)
    {
        var low = new Vector<float>(least);
        var high = new Vector<float>(greatest);
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(pixels);
        foreach (ref Vector<float> vector in vectors)
        {
            vector = Vector.Min(Vector.Max(vector, low), high);
        }

        for (int i = vectors.Length * Vector<float>.Count; i < pixels.Length; i++)
        {
            pixels[i] = Math.Min(Math.Max(pixels[i], least), greatest);
        }
    }

    private static void Paste<T>(ReadOnlySpan<T> inside, ResizeGeometry place, Span<T> result, int size)
    {
        for (int row = 0; row < place.Rows; row++)
        {
            inside.Slice(row * place.Columns, place.Columns).CopyTo(result[(((row + place.Top) * size) + place.Left)..]);
        }
    }
}
