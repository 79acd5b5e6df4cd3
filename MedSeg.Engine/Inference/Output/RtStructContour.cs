using MedSeg.Labels.Polygons;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>A contour of the RT Structure Set being written.</summary>
/// <param name="Roi">The ROI.</param>
/// <param name="Instance">The UID of the source image.</param>
/// <param name="SourceFrame">The frame of the source image, from 1; null for a single-frame image.</param>
/// <param name="Plane">The plane of the image.</param>
/// <param name="Ring">The points, in pixels.</param>
internal sealed record RtStructContour(int Roi, string Instance, int? SourceFrame, ImagePlane Plane, PolygonPoint[] Ring)
{
    // A ten-thousandth of a millimetre is far below a pixel, and keeps the numbers short.
    private const int Digits = 4;

    /// <summary>Returns the coordinates of the points in the patient's coordinates, x, y and z of one after the other, in mm.</summary>
    public double[] ToPatient() =>
    [
        .. Ring.Select(point => Plane.Origin + (point.X * Plane.ColumnStep) + (point.Y * Plane.RowStep))
            .SelectMany(point => new[] { point.X, point.Y, point.Z }, (_, value) => Math.Round(value, Digits) + 0.0),
    ];
}
