namespace MedSeg.Labels.Polygons;

/// <summary>A mask as runs of pixels, column by column: background, foreground, background and so on (the RLE of COCO).</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Counts">The lengths of the runs.</param>
internal sealed record RunLengthMask(int Rows, int Columns, IReadOnlyList<long> Counts)
{
    /// <summary>Sets the pixels of the mask to 1 and leaves the others as they are.</summary>
    /// <param name="rows">The number of rows of the image.</param>
    /// <param name="columns">The number of columns of the image.</param>
    /// <param name="pixels">The pixels, row by row.</param>
    /// <returns><see langword="false"/> if the mask has another size, or its runs are not as long as the image has pixels.</returns>
    public bool TryFill(int rows, int columns, int[] pixels)
    {
        long total = 0;
        foreach (long count in Counts)
        {
            total += count;
            if (count < 0 || total > pixels.Length)
            {
                return false;
            }
        }

        if ((rows, columns) != (Rows, Columns) || total != pixels.Length)
        {
            return false;
        }

        long at = 0;
        for (int run = 0; run < Counts.Count; at += Counts[run], run++)
        {
            for (long i = at; run % 2 == 1 && i < at + Counts[run]; i++)
            {
                pixels[(i % rows * columns) + (i / rows)] = 1;
            }
        }

        return true;
    }
}
