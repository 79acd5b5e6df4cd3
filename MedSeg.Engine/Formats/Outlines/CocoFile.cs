using System.Text.Json;
using MedSeg.Errors;
using MedSeg.Labels.Polygons;

namespace MedSeg.Formats.Outlines;

/// <summary>
/// Reads the annotations of COCO for many images: polygons, and masks as run lengths, compressed or not. Coordinates are of the corners of
/// pixels. The polygons of an annotation are joined, and so are annotations of the same category.
/// </summary>
internal sealed class CocoFile
{
    private readonly Dictionary<string, OutlineSet> _images = new(StringComparer.OrdinalIgnoreCase);

    private CocoFile()
    {
    }

    /// <summary>Gets the paths of the images in the file, with slashes.</summary>
    public IReadOnlyCollection<string> Images => _images.Keys;

    /// <summary>Gets the labels of all images, each once.</summary>
    public IReadOnlyList<string> Labels => [.. _images.Values.SelectMany(set => set.Outlines).Select(outline => outline.Label).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Decodes a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="FileFormatException"><c>OutlineInvalid</c>.</exception>
    public static CocoFile Decode(byte[] content, string path)
    {
        var errors = new OutlineErrors(path);
        using JsonDocument json = OutlineJson.Parse(content, errors);
        JsonElement root = json.RootElement;
        var categories = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonElement category in OutlineJson.Items(OutlineJson.Find(root, "categories")))
        {
            string id = OutlineJson.Text(category, "id") ?? throw errors.Invalid("A category has no id.");
            categories[id] = OutlineErrors.Clean(OutlineJson.Text(category, "name"), $"category {id}");
        }

        ILookup<string, JsonElement> annotations = OutlineJson.Items(OutlineJson.Find(root, "annotations")).ToLookup(annotation => OutlineJson.Text(annotation, "image_id") ?? "", StringComparer.Ordinal);
        var file = new CocoFile();
        foreach (JsonElement image in OutlineJson.Items(OutlineJson.Find(root, "images")))
        {
            string name = (OutlineJson.Text(image, "file_name") ?? throw errors.Invalid("An image has no file_name.")).Replace('\\', '/');
            OutlineSet set = Read(image, annotations[OutlineJson.Text(image, "id") ?? ""], categories, errors);
            if (!file._images.TryAdd(name, set))
            {
                throw errors.Invalid($"The image '{OutlineErrors.Clean(name, "")}' is listed twice.");
            }
        }

        return file._images.Count > 0 ? file : throw errors.Invalid("The file lists no images.");
    }

    /// <summary>Returns the outlines of an image.</summary>
    /// <param name="image">The path of the image in the file.</param>
    public OutlineSet OutlinesOf(string image) => _images[image];

    private static OutlineSet Read(JsonElement image, IEnumerable<JsonElement> annotations, Dictionary<string, string> categories, OutlineErrors errors)
    {
        var outlines = new List<Outline>();
        int skipped = 0;
        foreach (JsonElement annotation in annotations)
        {
            string id = OutlineJson.Text(annotation, "category_id") ?? "";
            string label = categories.GetValueOrDefault(id) ?? throw errors.Invalid($"An annotation has the category_id '{OutlineErrors.Clean(id, "")}', which the file does not describe.");
            int before = outlines.Count;
            JsonElement shape = OutlineJson.Find(annotation, "segmentation");
            if (shape.ValueKind == JsonValueKind.Object)
            {
                outlines.Add(new Outline(label, []) { Mask = ReadMask(shape, errors) });
            }

            foreach (JsonElement polygon in OutlineJson.Items(shape))
            {
                if (OutlineJson.Points(OutlineJson.Items(polygon), errors) is { Length: > 2 } ring)
                {
                    outlines.Add(new Outline(label, [ring]));
                }
            }

            skipped += outlines.Count == before ? 1 : 0;
        }

        bool hasSize = OutlineJson.Size(image, "height") is not null && OutlineJson.Size(image, "width") is not null;
        return new OutlineSet(outlines, skipped) { Size = hasSize ? (OutlineJson.Size(image, "height")!.Value, OutlineJson.Size(image, "width")!.Value) : null };
    }

    private static RunLengthMask ReadMask(JsonElement shape, OutlineErrors errors)
    {
        JsonElement[] size = [.. OutlineJson.Items(OutlineJson.Find(shape, "size")).Take(3)];
        if (size.Length != 2 || !Array.TrueForAll(size, value => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int length) && length > 0))
        {
            throw errors.Invalid("A mask (RLE) has no size of two numbers.");
        }

        JsonElement counts = OutlineJson.Find(shape, "counts");
        IReadOnlyList<long>? runs = counts.ValueKind == JsonValueKind.String ? Unpack(OutlineJson.Text(shape, "counts") ?? "") : ReadRuns(counts);
        return runs is not null
            ? new RunLengthMask(size[0].GetInt32(), size[1].GetInt32(), runs)
            : throw errors.Invalid("A mask (RLE) has runs that are not whole numbers, or is truncated.");
    }

    private static List<long>? ReadRuns(JsonElement counts)
    {
        var runs = new List<long>();
        foreach (JsonElement count in OutlineJson.Items(counts))
        {
            if (count.ValueKind != JsonValueKind.Number || !count.TryGetInt64(out long run) || run is < 0 or > int.MaxValue)
            {
                return null;
            }

            runs.Add(run);
        }

        return runs;
    }

    // The compression of the COCO API: six bits a character, from 48; the lowest five are a digit, the sixth says that another follows. From the
    // fourth run on, numbers are differences to the run before the last.
    private static List<long>? Unpack(string text)
    {
        const int MostDigits = 7;
        var runs = new List<long>();
        for (int at = 0; at < text.Length;)
        {
            long value = 0;
            int digits = 0;
            int code;
            do
            {
                if (at == text.Length || digits == MostDigits || (code = text[at++] - 48) is < 0 or > 63)
                {
                    return null;
                }

                value |= (long)(code & 0x1F) << (5 * digits++);
            }
            while ((code & 0x20) != 0);

            // The last digit has the sign.
            value = (code & 0x10) != 0 ? value | (-1L << (5 * digits)) : value;
            value += runs.Count > 2 ? runs[^2] : 0;
            if (value is < 0 or > int.MaxValue)
            {
                return null;
            }

            runs.Add(value);
        }

        return runs;
    }
}
