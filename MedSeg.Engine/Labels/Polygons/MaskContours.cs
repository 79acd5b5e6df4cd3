namespace MedSeg.Labels.Polygons;

/// <summary>
/// Traces the outlines of an ROI halfway between its pixels and the others (marching squares of a binary image), so that exactly its pixels
/// have their centres inside. Pixels that touch at a corner only have outlines of their own, so no outline crosses or touches another.
/// </summary>
internal static class MaskContours
{
    private const double Collinear = 1e-9;

    // The directions of the boundary between pixels, with the ROI on the right: east, south, west, north.
    private static readonly (int Row, int Column)[] s_directions = [(0, 1), (1, 0), (0, -1), (-1, 0)];

    /// <summary>Traces an ROI.</summary>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="roi">The ROI.</param>
    /// <returns>The rings, from top to bottom; outer ones run clockwise on the screen, those around holes counterclockwise.</returns>
    public static IReadOnlyList<PolygonPoint[]> Trace(ReadOnlySpan<byte> mask, int columns, byte roi)
    {
        var rings = new List<PolygonPoint[]>();
        bool[] isTraced = new bool[mask.Length];
        for (int pixel = 0; pixel < mask.Length; pixel++)
        {
            // Each ring, also around a hole, has a pixel of the ROI below one that is not.
            if (mask[pixel] == roi && !isTraced[pixel] && (pixel < columns || mask[pixel - columns] != roi))
            {
                rings.Add(Simplify(TraceRing(mask, columns, roi, pixel, isTraced)));
            }
        }

        return rings;
    }

    /// <summary>Computes the area of a ring.</summary>
    /// <param name="ring">The ring.</param>
    /// <returns>The area in pixels; negative if the ring runs counterclockwise on the screen.</returns>
    public static double SignedArea(PolygonPoint[] ring)
    {
        double twice = 0;
        for (int i = 0; i < ring.Length; i++)
        {
            PolygonPoint next = ring[(i + 1) % ring.Length];
            twice += (ring[i].X * next.Y) - (next.X * ring[i].Y);
        }

        return twice / 2;
    }

    private static List<PolygonPoint> TraceRing(ReadOnlySpan<byte> mask, int columns, byte roi, int start, bool[] isTraced)
    {
        var points = new List<PolygonPoint>();
        (int row, int column) = (start / columns, start % columns);
        int direction = 0;
        do
        {
            if (direction == 0)
            {
                isTraced[(row * columns) + column] = true;
            }

            (int leftRow, int leftColumn) = s_directions[(direction + 3) % 4];
            points.Add(new PolygonPoint(column + (0.5 * leftColumn), row + (0.5 * leftRow)));
            (int aheadRow, int aheadColumn) = (row + s_directions[direction].Row, column + s_directions[direction].Column);
            if (!Is(mask, columns, roi, aheadRow, aheadColumn))
            {
                direction = (direction + 1) % 4;
            }
            else if (Is(mask, columns, roi, aheadRow + leftRow, aheadColumn + leftColumn))
            {
                (row, column) = (aheadRow + leftRow, aheadColumn + leftColumn);
                direction = (direction + 3) % 4;
            }
            else
            {
                (row, column) = (aheadRow, aheadColumn);
            }
        }
        while (direction != 0 || (row * columns) + column != start);

        return points;
    }

    private static bool Is(ReadOnlySpan<byte> mask, int columns, byte roi, int row, int column) =>
        row >= 0 && column >= 0 && column < columns && row < mask.Length / columns && mask[(row * columns) + column] == roi;

    // Leaves out points on a straight line between their neighbours.
    private static PolygonPoint[] Simplify(List<PolygonPoint> points)
    {
        var kept = new List<PolygonPoint>();
        for (int i = 0; i < points.Count; i++)
        {
            PolygonPoint before = points[(i + points.Count - 1) % points.Count];
            PolygonPoint after = points[(i + 1) % points.Count];
            double cross = ((points[i].X - before.X) * (after.Y - points[i].Y)) - ((points[i].Y - before.Y) * (after.X - points[i].X));
            if (Math.Abs(cross) > Collinear)
            {
                kept.Add(points[i]);
            }
        }

        return [.. kept];
    }
}
