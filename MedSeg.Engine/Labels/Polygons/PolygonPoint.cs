namespace MedSeg.Labels.Polygons;

/// <summary>A point of a polygon in pixels: the centre of the first pixel is (0, 0), that of the last (columns − 1, rows − 1).</summary>
/// <param name="X">The column.</param>
/// <param name="Y">The row.</param>
internal readonly record struct PolygonPoint(double X, double Y)
{
    /// <summary>Gets a value indicating whether both coordinates are finite.</summary>
    public bool IsFinite => double.IsFinite(X) && double.IsFinite(Y);

    /// <summary>Returns the square of the distance to another point.</summary>
    /// <param name="other">The other point.</param>
    public double SquaredDistance(PolygonPoint other) => ((X - other.X) * (X - other.X)) + ((Y - other.Y) * (Y - other.Y));
}
