namespace MedSeg.Labels.Polygons;

/// <summary>
/// Joins the outlines of holes to the outline around them by a channel of no width, the keyhole of DICOM PS3.3, C.8.8.6.3. Programs that fill
/// by the even-odd rule, that join what contours enclose, and that look for keyholes all find the same area.
/// </summary>
internal static class ContourKeyholes
{
    /// <summary>Joins holes to their outlines.</summary>
    /// <param name="rings">The rings of <see cref="MaskContours.Trace"/>.</param>
    /// <returns>A ring for each outer one, in the same order.</returns>
    public static IReadOnlyList<PolygonPoint[]> Join(IReadOnlyList<PolygonPoint[]> rings)
    {
        (PolygonPoint[] Ring, double Area)[] measured = [.. rings.Select(ring => (ring, MaskContours.SignedArea(ring)))];
        (PolygonPoint[] Ring, double Area)[] outer = [.. measured.Where(ring => ring.Area > 0)];
        List<PolygonPoint>[] joined = [.. outer.Select(ring => new List<PolygonPoint>(ring.Ring))];
        foreach ((PolygonPoint[] hole, double _) in measured.Where(ring => ring.Area < 0))
        {
            int around = -1;
            for (int i = 0; i < outer.Length; i++)
            {
                // Of the rings around a hole, its own is the smallest.
                if ((around < 0 || outer[i].Area < outer[around].Area) && Contains(outer[i].Ring, hole[0]))
                {
                    around = i;
                }
            }

            AddHole(joined[around], hole);
        }

        return [.. joined.Select(ring => ring.ToArray())];
    }

    private static bool Contains(PolygonPoint[] ring, PolygonPoint point)
    {
        bool isInside = false;
        for (int i = 0; i < ring.Length; i++)
        {
            (PolygonPoint a, PolygonPoint b) = (ring[i], ring[(i + 1) % ring.Length]);
            if (a.Y > point.Y != b.Y > point.Y && point.X < a.X + ((point.Y - a.Y) / (b.Y - a.Y) * (b.X - a.X)))
            {
                isInside = !isInside;
            }
        }

        return isInside;
    }

    private static void AddHole(List<PolygonPoint> ring, PolygonPoint[] hole)
    {
        (int at, int from, double least) = (0, 0, double.PositiveInfinity);
        for (int i = 0; i < ring.Count; i++)
        {
            for (int j = 0; j < hole.Length; j++)
            {
                if (ring[i].SquaredDistance(hole[j]) is var distance && distance < least)
                {
                    (at, from, least) = (i, j, distance);
                }
            }
        }

        ring.InsertRange(at + 1, [.. hole[from..], .. hole[..from], hole[from], ring[at]]);
    }
}
