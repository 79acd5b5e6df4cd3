namespace MedSeg.Inference;

/// <summary>Removes stray components of a mask and fills its holes, ROI by ROI.</summary>
internal static class MaskPostprocessing
{
    /// <summary>Applies the options: first the largest component, then the holes.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="options">The options.</param>
    public static void Clean(Span<byte> mask, int columns, InferenceOptions options)
    {
        if (options.KeepLargestComponent)
        {
            KeepLargest(mask, columns);
        }

        if (options.FillHoles)
        {
            FillHoles(mask, columns);
        }
    }

    /// <summary>Keeps the largest connected component of each ROI; the others become background.</summary>
    /// <param name="mask">The ROI numbers, row by row; pixels that share a side or a corner are connected.</param>
    /// <param name="columns">The pixels of a row.</param>
    public static void KeepLargest(Span<byte> mask, int columns)
    {
        int[] components = new int[mask.Length];
        var sizes = new List<int> { 0 };
        int[] largest = new int[256];
        var queue = new Stack<int>();
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 || components[start] != 0)
            {
                continue;
            }

            int component = sizes.Count;
            sizes.Add(Flood(mask, columns, start, component, components, queue, corners: true));
            ref int best = ref largest[mask[start]];
            best = best == 0 || sizes[component] > sizes[best] ? component : best;
        }

        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = mask[i] != 0 && components[i] != largest[mask[i]] ? (byte)0 : mask[i];
        }
    }

    /// <summary>Fills background enclosed by one ROI. Background that touches the border of the image or two ROIs is not a hole.</summary>
    /// <param name="mask">The ROI numbers, row by row; pixels of a hole are connected by their sides.</param>
    /// <param name="columns">The pixels of a row.</param>
    public static void FillHoles(Span<byte> mask, int columns)
    {
        int[] components = new int[mask.Length];
        var around = new List<int> { -1 };
        var queue = new Stack<int>();
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 && components[start] == 0)
            {
                _ = Flood(mask, columns, start, around.Count, components, queue, corners: false);
                around.Add(0);
            }
        }

        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] == 0)
            {
                around[components[i]] = Join(around[components[i]], Neighbours(mask, columns, i));
            }
        }

        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = mask[i] == 0 && around[components[i]] > 0 ? (byte)around[components[i]] : mask[i];
        }
    }

    // 0: nothing known yet; −1: not a hole; otherwise the enclosing ROI.
    private static int Join(int first, int second) => first == 0 ? second : second == 0 || first == second ? first : -1;

    private static int Neighbours(ReadOnlySpan<byte> mask, int columns, int pixel)
    {
        int column = pixel % columns;
        if (column == 0 || column == columns - 1 || pixel < columns || pixel >= mask.Length - columns)
        {
            return -1;
        }

        return Join(Join(mask[pixel - 1], mask[pixel + 1]), Join(mask[pixel - columns], mask[pixel + columns]));
    }

    private static int Flood(ReadOnlySpan<byte> mask, int columns, int start, int component, int[] components, Stack<int> queue, bool corners)
    {
        int count = 0;
        byte value = mask[start];
        int rows = mask.Length / columns;
        components[start] = component;
        queue.Push(start);
        while (queue.TryPop(out int pixel))
        {
            count++;
            (int y, int x) = Math.DivRem(pixel, columns);
            for (int row = Math.Max(0, y - 1); row <= Math.Min(rows - 1, y + 1); row++)
            {
                for (int column = Math.Max(0, x - 1); column <= Math.Min(columns - 1, x + 1); column++)
                {
                    int next = (row * columns) + column;
                    if ((corners || row == y || column == x) && mask[next] == value && components[next] == 0)
                    {
                        components[next] = component;
                        queue.Push(next);
                    }
                }
            }
        }

        return count;
    }
}
