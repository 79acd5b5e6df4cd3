using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Imaging;

/// <summary>Resizes images to the square input size of the network.</summary>
internal static class ImageResizer
{
    /// <summary>
    /// Resizes an image with a separable triangle filter (bilinear; smoothed when shrinking, as Pillow's BILINEAR).
    /// </summary>
    /// <param name="pixels">The image [rows, columns], row by row; all finite.</param>
    /// <param name="geometry">The sizes, and the place in the square.</param>
    /// <returns>
    /// The image [S, S]; every value is between the least and the greatest of the source. Padding has the least value
    /// of the source, so min-max scaling gives the same result with and without it and turns it into 0. Other
    /// normalizations depend on how often values occur: apply them before padding.
    /// </returns>
    /// <exception cref="ArgumentException">The sizes do not fit the number of pixels.</exception>
    public static float[] ResizeImage(ReadOnlySpan<float> pixels, ResizeGeometry geometry)
    {
        PixelBuffer.Check(pixels.Length, geometry.SourceRows, geometry.SourceColumns);
        return geometry.IsIdentity ? pixels.ToArray() : Resize(pixels, geometry);
    }

    /// <summary>Resizes an image that the caller owns; one that already has the size is not copied.</summary>
    /// <param name="pixels">The image [rows, columns], row by row; all finite.</param>
    /// <param name="geometry">The sizes, and the place in the square.</param>
    /// <returns>The image [S, S], as from <see cref="ResizeImage"/>, or the given array itself.</returns>
    internal static float[] FitImage(float[] pixels, ResizeGeometry geometry)
    {
        PixelBuffer.Check(pixels.Length, geometry.SourceRows, geometry.SourceColumns);
        return geometry.IsIdentity ? pixels : Resize(pixels, geometry);
    }

    private static float[] Resize(ReadOnlySpan<float> pixels, ResizeGeometry geometry)
    {
        (float least, float greatest) = IntensityRange.Of(pixels);
        AxisWindow rows = geometry.VisibleRows;
        AxisWindow columns = geometry.VisibleColumns;
        float[] narrowed = ArrayPool<float>.Shared.Rent(checked(geometry.SourceRows * columns.Count));
        ResizeColumns(pixels, geometry, columns, narrowed);
        float[] inside = ResizeRows(narrowed, geometry, rows, columns.Count);
        ArrayPool<float>.Shared.Return(narrowed);

        // The weights sum to 1 except for rounding, which must not produce values outside of the source's range.
        Clamp(inside, least, greatest);
        int size = geometry.Size;
        if (inside.Length == size * size)
        {
            return inside;
        }

        float[] result = new float[size * size];
        Array.Fill(result, least);
        int start = (Math.Max(0, geometry.Top) * size) + Math.Max(0, geometry.Left);
        for (int row = 0; row < rows.Count; row++)
        {
            inside.AsSpan(row * columns.Count, columns.Count).CopyTo(result.AsSpan(start + (row * size)));
        }

        return result;
    }

    private static void ResizeColumns(ReadOnlySpan<float> pixels, ResizeGeometry geometry, AxisWindow visible, Span<float> result)
    {
        int columns = geometry.SourceColumns;
        if (columns == geometry.Columns && visible.Count == columns)
        {
            pixels.CopyTo(result);
            return;
        }

        var weights = ResizeWeights.OfTriangle(columns, geometry.Columns);
        for (int row = 0; row < geometry.SourceRows; row++)
        {
            weights.Apply(pixels.Slice(row * columns, columns), visible.First, result.Slice(row * visible.Count, visible.Count));
        }
    }

    private static float[] ResizeRows(ReadOnlySpan<float> pixels, ResizeGeometry geometry, AxisWindow visible, int columns)
    {
        if (geometry.SourceRows == geometry.Rows && visible.Count == geometry.Rows)
        {
            return pixels[..(geometry.Rows * columns)].ToArray();
        }

        var weights = ResizeWeights.OfTriangle(geometry.SourceRows, geometry.Rows);
        float[] result = new float[checked(visible.Count * columns)];
        for (int row = 0; row < visible.Count; row++)
        {
            ReadOnlySpan<float> weight = weights.Of(visible.First + row);
            Span<float> into = result.AsSpan(row * columns, columns);
            for (int j = 0; j < weight.Length; j++)
            {
                AddScaled(into, pixels.Slice((weights.First(visible.First + row) + j) * columns, columns), weight[j]);
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
}
