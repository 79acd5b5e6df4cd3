namespace MedSeg.Labels.Polygons;

/// <summary>Points of curves, close enough to a curve that no centre of a pixel is on the wrong side but by rounding.</summary>
internal static class CurvePoints
{
    private const int PerEllipse = 720;
    private const int PerSegment = 24;

    /// <summary>Returns the points of an ellipse along the axes.</summary>
    /// <param name="centre">Its centre.</param>
    /// <param name="width">Its half width.</param>
    /// <param name="height">Its half height.</param>
    public static PolygonPoint[] Ellipse(PolygonPoint centre, double width, double height) =>
        [.. Enumerable.Range(0, PerEllipse).Select(i => (2 * Math.PI * (i + 0.5)) / PerEllipse).Select(angle => new PolygonPoint(centre.X + (width * Math.Cos(angle)), centre.Y + (height * Math.Sin(angle))))];

    /// <summary>Returns the points of a rectangle with rounded corners.</summary>
    /// <param name="first">The upper left corner.</param>
    /// <param name="last">The lower right corner.</param>
    /// <param name="radius">The radius of the corners; 0 for sharp ones.</param>
    public static PolygonPoint[] Rectangle(PolygonPoint first, PolygonPoint last, double radius)
    {
        if (radius <= 0)
        {
            return [first, new(last.X, first.Y), last, new(first.X, last.Y)];
        }

        double x = Math.Min(radius, Math.Abs(last.X - first.X) / 2);
        double y = Math.Min(radius, Math.Abs(last.Y - first.Y) / 2);
        (PolygonPoint Centre, double Start)[] corners =
        [
            (new(last.X - x, last.Y - y), 0), (new(first.X + x, last.Y - y), Math.PI / 2), (new(first.X + x, first.Y + y), Math.PI), (new(last.X - x, first.Y + y), 1.5 * Math.PI),
        ];
        return [.. corners.SelectMany(corner => Enumerable.Range(0, PerSegment + 1).Select(i => corner.Start + (Math.PI / 2 * i / PerSegment))
            .Select(angle => new PolygonPoint(corner.Centre.X + (x * Math.Cos(angle)), corner.Centre.Y + (y * Math.Sin(angle)))))];
    }

    /// <summary>Returns the points of a Bézier curve, without its start.</summary>
    /// <param name="controls">Its start, one or two control points, and its end.</param>
    public static IEnumerable<PolygonPoint> Bezier(PolygonPoint[] controls)
    {
        for (int step = 1; step <= PerSegment; step++)
        {
            double t = (double)step / PerSegment;
            PolygonPoint[] points = [.. controls];
            for (int left = points.Length - 1; left > 0; left--)
            {
                for (int i = 0; i < left; i++)
                {
                    points[i] = new PolygonPoint(points[i].X + (t * (points[i + 1].X - points[i].X)), points[i].Y + (t * (points[i + 1].Y - points[i].Y)));
                }
            }

            yield return points[0];
        }
    }
}
