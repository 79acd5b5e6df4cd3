namespace MedSeg.Inference;

/// <summary>Removes stray pieces of a mask and fills its holes, ROI by ROI.</summary>
internal static class MaskPostprocessing
{
    /// <summary>Does what the options ask for: first the largest parts, then the holes.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="options">What is asked for.</param>
    public static void Clean(Span<byte> mask, int columns, SegmentationOptions options)
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

    /// <summary>Keeps of each ROI the part with the most pixels; the others become background.</summary>
    /// <param name="mask">The ROI numbers, row by row; pixels that touch by a side or a corner are connected.</param>
    /// <param name="columns">The pixels of a row.</param>
    public static void KeepLargest(Span<byte> mask, int columns)
    {
        int[] parts = new int[mask.Length];
        var sizes = new List<int> { 0 };
        int[] largest = new int[256];
        var queue = new Stack<int>();
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 || parts[start] != 0)
            {
                continue;
            }

            int part = sizes.Count;
            sizes.Add(Flood(mask, columns, start, part, parts, queue, corners: true));
            ref int best = ref largest[mask[start]];
            best = best == 0 || sizes[part] > sizes[best] ? part : best;
        }

        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = mask[i] != 0 && parts[i] != largest[mask[i]] ? (byte)0 : mask[i];
        }
    }

    /// <summary>Fills background that one ROI encloses; what touches the image's edge or two ROIs is no hole.</summary>
    /// <param name="mask">The ROI numbers, row by row; holes are connected by sides.</param>
    /// <param name="columns">The pixels of a row.</param>
    public static void FillHoles(Span<byte> mask, int columns)
    {
        int[] parts = new int[mask.Length];
        var around = new List<int> { -1 };
        var queue = new Stack<int>();
        for (int start = 0; start < mask.Length; start++)
        {
            if (mask[start] == 0 && parts[start] == 0)
            {
                _ = Flood(mask, columns, start, around.Count, parts, queue, corners: false);
                around.Add(0);
            }
        }

        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] == 0)
            {
                around[parts[i]] = Join(around[parts[i]], Neighbours(mask, columns, i));
            }
        }

        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = mask[i] == 0 && around[parts[i]] > 0 ? (byte)around[parts[i]] : mask[i];
        }
    }

    // 0 nothing known yet, −1 no hole, else the ROI around.
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

    private static int Flood(ReadOnlySpan<byte> mask, int columns, int start, int part, int[] parts, Stack<int> queue, bool corners)
    {
        int count = 0;
        byte value = mask[start];
        int rows = mask.Length / columns;
        parts[start] = part;
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
                    if ((corners || row == y || column == x) && mask[next] == value && parts[next] == 0)
                    {
                        parts[next] = part;
                        queue.Push(next);
                    }
                }
            }
        }

        return count;
    }
}
