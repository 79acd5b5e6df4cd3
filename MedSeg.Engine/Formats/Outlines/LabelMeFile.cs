using System.Text.Json;
using MedSeg.Errors;
using MedSeg.Formats.Png;
using MedSeg.Labels;
using MedSeg.Labels.Polygons;

namespace MedSeg.Formats.Outlines;

/// <summary>Reads the annotations of LabelMe for one image: polygons, rectangles and circles, with coordinates of the corners of pixels, and masks.</summary>
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
        if (kind is not ("polygon" or "rectangle" or "circle" or "mask"))
        {
            return null;
        }

        string label = OutlineErrors.Clean(OutlineJson.Text(shape, "label"), "ROI");
        PolygonPoint[] points = OutlineJson.Points(OutlineJson.Items(OutlineJson.Find(shape, "points")).SelectMany(OutlineJson.Items), errors);
        if (kind == "mask")
        {
            return new Outline(label, []) { Part = ReadMask(shape, label, points, errors) };
        }

        PolygonPoint[]? ring = (kind, points) switch
        {
            ("polygon", { Length: > 2 }) => points,
            ("rectangle", [PolygonPoint first, PolygonPoint last]) => CurvePoints.Rectangle(first, last, radius: 0),
            ("rectangle", { Length: 4 }) => points,
            ("circle", [PolygonPoint centre, PolygonPoint edge]) when Math.Sqrt(centre.SquaredDistance(edge)) is var radius => CurvePoints.Ellipse(centre, radius, radius),
            _ => null,
        };
        return ring is null ? null : new Outline(label, [ring]);
    }

    // A PNG in base64 of the pixels from the first point to the last; both are indices of pixels, not coordinates.
    private static PlacedMask ReadMask(JsonElement shape, string label, PolygonPoint[] points, OutlineErrors errors)
    {
        try
        {
            LabelImage mask = PngDecoder.Decode(Convert.FromBase64String(OutlineJson.Text(shape, "mask") ?? ""), errors.Path);
            (int Left, int Top)[] corners = [.. points.Select(point => ((int)Math.Round(point.X + 0.5), (int)Math.Round(point.Y + 0.5)))];
            return corners is [var first, var last] && (mask.Columns, mask.Rows) == (last.Left - first.Left + 1, last.Top - first.Top + 1)
                ? new PlacedMask(first.Left, first.Top, mask.Columns, mask.Values)
                : throw errors.Invalid($"The mask of '{label}' has {mask.Rows} × {mask.Columns} pixels, which is not the size of its box.");
        }
        catch (Exception e) when (e is FormatException or FileFormatException { ErrorId: not ErrorIds.OutlineInvalid })
        {
            throw errors.Invalid($"The mask of '{label}' is not a grey PNG in base64.", e);
        }
    }
}
