namespace MedSeg.Imaging;

/// <summary>Resizes masks to the square input size of the network, aligned with the resized image.</summary>
internal static class LabelResizer
{
    // Shares that differ by less are equal but for rounding. Symmetric shapes stay symmetric this way.
    private const float Tie = 1e-5f;

    /// <summary>Resizes a mask.</summary>
    /// <param name="roi">The ROI numbers [rows, columns], row by row.</param>
    /// <param name="geometry">The sizes, and the place in the square.</param>
    /// <param name="resampling">
    /// How. With <see cref="LabelResampling.Area"/>, the ROI with the largest share of a pixel wins, and of equal shares the one with the
    /// lower number; background only where no ROI has as much, so that thin ROIs do not break.
    /// </param>
    /// <returns>The mask [S, S]; padding is background, 0.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit the number of pixels.</exception>
    public static byte[] Resize(ReadOnlySpan<byte> roi, ResizeGeometry geometry, LabelResampling resampling)
    {
        PixelBuffer.Check(roi.Length, geometry.SourceRows, geometry.SourceColumns);
        if (geometry.IsIdentity)
        {
            return roi.ToArray();
        }

        byte[] square = new byte[geometry.Size * geometry.Size];
        if (resampling == LabelResampling.Nearest)
        {
            PickNearest(roi, geometry, square);
        }
        else
        {
            PickLargestShare(roi, geometry, square);
        }

        return square;
    }

    /// <summary>
    /// Computes how far <see cref="LabelResampling.Nearest"/> moves ROIs towards the first pixel of an axis: half a pixel where the
    /// length is divided by an even number, nothing where it is divided by an odd one.
    /// </summary>
    /// <param name="source">The length of the axis of the original image, in pixels.</param>
    /// <param name="target">The length after resizing, in pixels.</param>
    /// <returns>The mean over the axis, in pixels of the original image.</returns>
    public static double ShiftOfNearest(int source, int target)
    {
        double sum = 0;
        for (int i = 0; i < target; i++)
        {
            sum += NearestIndex(i, source, target) + 0.5 - ((i + 0.5) * source / target);
        }

        return sum / target;
    }

    private static void PickNearest(ReadOnlySpan<byte> roi, ResizeGeometry geometry, Span<byte> square)
    {
        AxisWindow rows = geometry.VisibleRows;
        AxisWindow columns = geometry.VisibleColumns;
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<byte> line = roi.Slice(NearestIndex(rows.First + row, geometry.SourceRows, geometry.Rows) * geometry.SourceColumns, geometry.SourceColumns);
            Span<byte> result = LineOf(square, geometry, row);
            for (int i = 0; i < columns.Count; i++)
            {
                result[i] = line[NearestIndex(columns.First + i, geometry.SourceColumns, geometry.Columns)];
            }
        }
    }

    // floor((i + 0.5)·n / m), in integers: floating-point numbers could fall on the wrong side of a pixel's edge.
    private static int NearestIndex(int index, int source, int target) => (int)(((2L * index) + 1) * source / (2L * target));

    private static void PickLargestShare(ReadOnlySpan<byte> roi, ResizeGeometry geometry, Span<byte> square)
    {
        AxisWindow rows = geometry.VisibleRows;
        AxisWindow columns = geometry.VisibleColumns;
        var shares = new RoiShares(roi, geometry);
        float[] best = new float[columns.Count];
        float[] total = new float[columns.Count];
        float[] share = new float[columns.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            Span<byte> result = LineOf(square, geometry, row);
            (int first, int end) = (columns.Count, 0);
            foreach (byte number in shares.Rois)
            {
                AxisWindow filled = shares.Compute(number, rows.First + row, share);
                (first, end) = filled.Count == 0 ? (first, end) : (Math.Min(first, filled.First), Math.Max(end, filled.End));
                for (int i = filled.First; i < filled.End; i++)
                {
                    total[i] += share[i];
                    if (share[i] > best[i] + Tie)
                    {
                        best[i] = share[i];
                        result[i] = number;
                    }
                }
            }

            // The rest of the row is background.
            for (int i = first; i < end; i++)
            {
                result[i] = best[i] > 1 - total[i] - Tie ? result[i] : (byte)0;
                (best[i], total[i]) = (0, 0);
            }
        }
    }

    private static Span<byte> LineOf(Span<byte> square, ResizeGeometry geometry, int row)
    {
        int start = ((Math.Max(0, geometry.Top) + row) * geometry.Size) + Math.Max(0, geometry.Left);
        return square.Slice(start, geometry.VisibleColumns.Count);
    }
}
