namespace MedSeg.Labels.Polygons;

/// <summary>
/// Fills polygons: a pixel belongs to a polygon if its centre is inside by the even-odd rule. Vertices are not rounded. A centre exactly on an
/// edge belongs to the polygon to its right or below, so that polygons that share an edge neither overlap nor leave a gap.
/// </summary>
internal static class PolygonRasterizer
{
    // On average for each row of the image. A row of 512 pixels can show 512 edges at most, so more is an attack or a damaged file.
    private const long MostCrossings = 4096;

    /// <summary>Sets the pixels inside of rings to 1 and leaves the others as they are.</summary>
    /// <param name="rings">The rings, which are closed: the last point is joined to the first. Inner rings are holes, as are parts covered twice.</param>
    /// <param name="rows">The number of rows of the image.</param>
    /// <param name="columns">The number of columns of the image.</param>
    /// <param name="pixels">The pixels, row by row.</param>
    /// <returns><see langword="false"/> if the rings cross the rows more often than any drawing would; no pixel is set then.</returns>
    public static bool TryFill(IReadOnlyList<PolygonPoint[]> rings, int rows, int columns, int[] pixels)
    {
        int[] ends = new int[rows];
        if (!TryCount(rings, rows, ends))
        {
            return false;
        }

        int total = 0;
        int[] next = new int[rows];
        for (int row = 0; row < rows; row++)
        {
            next[row] = total;
            total += ends[row];
            ends[row] = total;
        }

        double[] crossings = new double[total];
        foreach (PolygonPoint[] ring in rings)
        {
            for (int i = 0; i < ring.Length; i++)
            {
                AddEdge(ring[i], ring[i + 1 < ring.Length ? i + 1 : 0], rows, crossings, next);
            }
        }

        for (int row = 0, start = 0; row < rows; start = ends[row], row++)
        {
            FillRow(crossings.AsSpan(start, ends[row] - start), pixels.AsSpan(row * columns, columns));
        }

        return true;
    }

    private static bool TryCount(IReadOnlyList<PolygonPoint[]> rings, int rows, int[] counts)
    {
        long total = 0;
        foreach (PolygonPoint[] ring in rings)
        {
            for (int i = 0; i < ring.Length; i++)
            {
                (int first, int last) = RowsOf(ring[i], ring[i + 1 < ring.Length ? i + 1 : 0], rows);
                total += Math.Max(0, last - first + 1);
                if (total > MostCrossings * rows)
                {
                    return false;
                }

                for (int row = first; row <= last; row++)
                {
                    counts[row]++;
                }
            }
        }

        return true;
    }

    // The rows whose centres are between the ends of an edge, the upper end included.
    private static (int First, int Last) RowsOf(PolygonPoint a, PolygonPoint b, int rows) =>
        ((int)Math.Clamp(Math.Ceiling(Math.Min(a.Y, b.Y)), 0, rows), (int)Math.Clamp(Math.Ceiling(Math.Max(a.Y, b.Y)) - 1, -1, rows - 1));

    private static void AddEdge(PolygonPoint a, PolygonPoint b, int rows, double[] crossings, int[] next)
    {
        // From top to bottom whatever its direction: the two sides of a keyhole then cross at exactly the same places and cancel.
        (PolygonPoint top, PolygonPoint bottom) = a.Y < b.Y || (a.Y == b.Y && a.X <= b.X) ? (a, b) : (b, a);
        (int first, int last) = RowsOf(top, bottom, rows);
        double slope = (bottom.X - top.X) / (bottom.Y - top.Y);
        for (int row = first; row <= last; row++)
        {
            crossings[next[row]++] = top.X + ((row - top.Y) * slope);
        }
    }

    private static void FillRow(Span<double> crossings, Span<int> pixels)
    {
        crossings.Sort();
        for (int i = 0; i + 1 < crossings.Length; i += 2)
        {
            int start = (int)Math.Clamp(Math.Ceiling(crossings[i]), 0, pixels.Length);
            int end = (int)Math.Clamp(Math.Ceiling(crossings[i + 1]), 0, pixels.Length);
            pixels[start..Math.Max(start, end)].Fill(1);
        }
    }
}
