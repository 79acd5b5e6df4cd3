namespace MedSeg.Network;

/// <summary>Brings the weights of a convolution from the order of files to the one that torch computes fastest in, and back.</summary>
internal static class WeightLayout
{
    /// <summary>Puts the second dimension of four last; others stay as they are.</summary>
    /// <param name="source">The values, [O, C, h, w], one after the other.</param>
    /// <param name="shape">The shape O, C, h, w; or one of fewer dimensions.</param>
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

    /// <summary>Puts the last dimension of four second; others stay as they are.</summary>
    /// <param name="source">The values, [O, h, w, C], one after the other.</param>
    /// <param name="shape">The shape O, C, h, w; or one of fewer dimensions.</param>
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
