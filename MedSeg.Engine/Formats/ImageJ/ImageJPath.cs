using MedSeg.Errors;
using MedSeg.Formats.Outlines;
using MedSeg.Labels.Polygons;

namespace MedSeg.Formats.ImageJ;

/// <summary>Decodes the path of a composite ROI of ImageJ: a kind and its points, as floating-point numbers, one after the other.</summary>
internal static class ImageJPath
{
    private const int PathStart = 64;
    private const int CountAt = 36;

    /// <summary>Decodes the path.</summary>
    /// <param name="content">The file.</param>
    /// <param name="name">The name of the ROI, for messages.</param>
    /// <param name="errors">The errors of the file.</param>
    /// <returns>The rings.</returns>
    /// <exception cref="FileFormatException"><c>OutlineInvalid</c>: the path is truncated, or has a kind that does not exist.</exception>
    public static List<PolygonPoint[]> Decode(ReadOnlySpan<byte> content, string name, OutlineErrors errors)
    {
        int count = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(content[CountAt..]);
        if (count > (content.Length - PathStart) / sizeof(float))
        {
            throw errors.Invalid($"The composite ROI '{OutlineErrors.Clean(name, ImageJRoi.Unnamed)}' should have {count:N0} numbers, but its file ends before the last.");
        }

        var rings = new List<PolygonPoint[]>();
        var ring = new List<PolygonPoint>();
        for (int i = 0; i < count;)
        {
            // Move, line, quadratic and cubic curve, close.
            float kind = ImageJRoi.Single(content, PathStart + (sizeof(float) * i++));
            int points = kind switch { 0 or 1 => 1, 2 => 2, 3 => 3, 4 => 0, _ => -1 };
            if (points < 0 || i + (2 * points) > count || (kind is > 0 and < 4 && ring.Count == 0))
            {
                throw errors.Invalid($"The path of the composite ROI '{OutlineErrors.Clean(name, ImageJRoi.Unnamed)}' is damaged.");
            }

            var read = new PolygonPoint[points];
            for (int point = 0; point < points; point++, i += 2)
            {
                read[point] = new(ImageJRoi.Single(content, PathStart + (sizeof(float) * i)) - 0.5, ImageJRoi.Single(content, PathStart + (sizeof(float) * (i + 1))) - 0.5);
            }

            if (kind == 0)
            {
                End(rings, ring);
            }

            ring.AddRange(kind is 2 or 3 ? CurvePoints.Bezier([ring[^1], .. read]) : read);
        }

        End(rings, ring);
        return rings;
    }

    private static void End(List<PolygonPoint[]> rings, List<PolygonPoint> ring)
    {
        if (ring.Count > 0)
        {
            rings.Add([.. ring]);
            ring.Clear();
        }
    }
}
