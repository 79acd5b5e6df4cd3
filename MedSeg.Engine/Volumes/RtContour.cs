namespace MedSeg.Volumes;

/// <summary>A closed contour of an RT Structure Set.</summary>
/// <param name="Roi">The ROI Number.</param>
/// <param name="Points">The points in mm, in the patient's coordinates; the last is joined to the first.</param>
/// <param name="Sources">The images on which it was drawn, if the file states them.</param>
internal sealed record RtContour(int Roi, Vector3D[] Points, IReadOnlyList<SegFrameSource> Sources)
{
    /// <summary>Gets the mean of the points.</summary>
    public Vector3D Centre { get; } = 1.0 / Points.Length * Points.Aggregate(default(Vector3D), (sum, point) => sum + point);

    /// <summary>Checks whether the contour names a slice as its source.</summary>
    /// <param name="slice">The slice.</param>
    public bool IsDrawnOn(SlicePlane slice) => Sources.Any(source => source.RefersTo(slice.Uid, slice.Frame, slice.Frames));

    /// <summary>Measures how far the contour is from being in a plane of a direction.</summary>
    /// <param name="normal">The normal of the plane, of length 1.</param>
    /// <returns>The greatest distance of a point from the plane through the centre, in mm.</returns>
    public double Thickness(Vector3D normal) => Points.Max(point => Math.Abs(normal.Dot(point - Centre)));
}
