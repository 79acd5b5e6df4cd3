namespace MedSeg.Network.Definition;

/// <summary>Reorders the weights of convolutions between the channels-first order of files and the channels-last order in memory.</summary>
internal static class WeightLayout
{
    /// <summary>Moves the second of four dimensions to the end; other shapes are copied unchanged.</summary>
    /// <param name="source">The values, [O, C, h, w], contiguous.</param>
    /// <param name="shape">The shape O, C, h, w, or one with fewer dimensions.</param>
    /// <param name="target">Receives the values, [O, h, w, C].</param>
    public static void ToLast(ReadOnlySpan<float> source, long[] shape, Span<float> target)
    {
        if (shape is [_, long channels, long rows, long columns])
        {
            Transpose(source, (int)channels, (int)(rows * columns), target);
        }
        else
        {
            source.CopyTo(target);
        }
    }

    /// <summary>Moves the last of four dimensions to the second position; other shapes are copied unchanged.</summary>
    /// <param name="source">The values, [O, h, w, C], contiguous.</param>
    /// <param name="shape">The shape O, C, h, w, or one with fewer dimensions.</param>
    /// <param name="target">Receives the values, [O, C, h, w].</param>
    public static void ToFirst(ReadOnlySpan<float> source, long[] shape, Span<float> target)
    {
        if (shape is [_, long channels, long rows, long columns])
        {
            Transpose(source, (int)(rows * columns), (int)channels, target);
        }
        else
        {
            source.CopyTo(target);
        }
    }

    private static void Transpose(ReadOnlySpan<float> source, int rows, int columns, Span<float> target)
    {
        int plane = rows * columns;
        for (int start = 0; start < source.Length; start += plane)
        {
            for (int i = 0; i < plane; i++)
            {
                target[start + (i % columns * rows) + (i / columns)] = source[start + i];
            }
        }
    }
}
