using System.Text.Json;
using MedSeg.Errors;
using MedSeg.Labels.Polygons;

namespace MedSeg.Formats.Outlines;

/// <summary>Reads the annotations of LabelMe for one image: polygons, rectangles and circles, with coordinates of the corners of pixels.</summary>
internal static class LabelMeFile
{
    /// <summary>Decodes a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="FileFormatException"><c>OutlineInvalid</c>.</exception>
    public static OutlineSet Decode(byte[] content, string path)
    {
        var errors = new OutlineErrors(path);
        using JsonDocument json = OutlineJson.Parse(content, errors);
        JsonElement shapes = OutlineJson.Find(json.RootElement, "shapes");
        if (shapes.ValueKind != JsonValueKind.Array)
        {
            throw errors.Invalid("The file has no list of shapes, as LabelMe writes it.");
        }

        Outline?[] outlines = [.. shapes.EnumerateArray().Select(shape => Read(shape, errors))];
        bool hasSize = OutlineJson.Size(json.RootElement, "imageHeight") is not null && OutlineJson.Size(json.RootElement, "imageWidth") is not null;
        return new OutlineSet([.. outlines.OfType<Outline>()], outlines.Count(outline => outline is null))
        {
            Size = hasSize ? (OutlineJson.Size(json.RootElement, "imageHeight")!.Value, OutlineJson.Size(json.RootElement, "imageWidth")!.Value) : null,
        };
    }

    private static Outline? Read(JsonElement shape, OutlineErrors errors)
    {
        string kind = OutlineJson.Text(shape, "shape_type") ?? "polygon";
        if (kind is not ("polygon" or "rectangle" or "circle"))
        {
            return null;
        }

        PolygonPoint[] points = OutlineJson.Points(OutlineJson.Items(OutlineJson.Find(shape, "points")).SelectMany(OutlineJson.Items), errors);
        PolygonPoint[]? ring = (kind, points) switch
        {
            ("polygon", { Length: > 2 }) => points,
            ("rectangle", [PolygonPoint first, PolygonPoint last]) => CurvePoints.Rectangle(first, last, radius: 0),
            ("rectangle", { Length: 4 }) => points,
            ("circle", [PolygonPoint centre, PolygonPoint edge]) when Math.Sqrt(centre.SquaredDistance(edge)) is var radius => CurvePoints.Ellipse(centre, radius, radius),
            _ => null,
        };
        return ring is null ? null : new Outline(OutlineErrors.Clean(OutlineJson.Text(shape, "label"), "ROI"), [ring]);
    }
}
