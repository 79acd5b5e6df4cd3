using System.Text.Json;
using MedSeg.Errors;
using MedSeg.Labels.Polygons;

namespace MedSeg.Formats.Outlines;

/// <summary>Recognises JSON files of outlines and reads their values. Files have at most 256 MB and 64 levels.</summary>
internal static class OutlineJson
{
    /// <summary>The size of the largest file that is read.</summary>
    public const long MaximumBytes = 256 << 20;

    private const int MostLevels = 64;

    /// <summary>Finds out what a file is from the names at its top level.</summary>
    /// <param name="content">The whole file.</param>
    /// <returns>Whether it is one of LabelMe or of COCO; both are <see langword="false"/> for other and damaged files.</returns>
    public static (bool IsLabelMe, bool IsCoco) KindOf(ReadOnlySpan<byte> content)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(WithoutMark(content), new JsonReaderOptions { MaxDepth = MostLevels });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
                {
                    return default;
                }

                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && names.Count < MostLevels)
                {
                    names.Add(reader.GetString()!);
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What was read before the damage says what the file should be.
        }

        return (names.Contains("shapes"), !names.Contains("shapes") && names.Contains("images") && names.Contains("annotations"));
    }

    /// <summary>Parses a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="errors">The errors of the file.</param>
    /// <exception cref="FileFormatException"><c>OutlineInvalid</c>: the file is not valid JSON.</exception>
    public static JsonDocument Parse(byte[] content, OutlineErrors errors)
    {
        try
        {
            return JsonDocument.Parse(content.AsMemory(content.Length - WithoutMark(content).Length), new JsonDocumentOptions { MaxDepth = MostLevels });
        }
        catch (JsonException e)
        {
            throw errors.Invalid($"The file is not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>Returns a property.</summary>
    /// <param name="element">The object; anything else has no properties.</param>
    /// <param name="name">The name.</param>
    /// <returns>Its value; of the kind <see cref="JsonValueKind.Undefined"/> if there is none.</returns>
    public static JsonElement Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>Returns the text of a property.</summary>
    /// <param name="element">The object.</param>
    /// <param name="name">The name.</param>
    /// <returns>The text, also of a number; <see langword="null"/> if there is none.</returns>
    public static string? Text(JsonElement element, string name)
    {
        JsonElement value = Find(element, name);
        try
        {
            return value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number => value.GetRawText(), _ => null };
        }
        catch (InvalidOperationException)
        {
            // Bytes that are not UTF-8.
            return null;
        }
    }

    /// <summary>Returns a whole number.</summary>
    /// <param name="element">The object.</param>
    /// <param name="name">The name.</param>
    /// <returns>The number; <see langword="null"/> if there is none, or it is not a positive 32-bit one.</returns>
    public static int? Size(JsonElement element, string name) =>
        Find(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int size) && size > 0 ? size : null;

    /// <summary>Returns the elements of an array.</summary>
    /// <param name="value">The array; anything else has none.</param>
    public static IEnumerable<JsonElement> Items(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>Reads coordinates of the corners of pixels, the first of which is (0, 0).</summary>
    /// <param name="values">Numbers, x and y of one point after the other.</param>
    /// <param name="errors">The errors of the file.</param>
    /// <exception cref="FileFormatException"><c>OutlineInvalid</c>: a value is not a number, or y is missing.</exception>
    public static PolygonPoint[] Points(IEnumerable<JsonElement> values, OutlineErrors errors)
    {
        var points = new List<PolygonPoint>();
        double? x = null;
        foreach (JsonElement value in values)
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !(Math.Abs(number) < OutlineErrors.GreatestCoordinate))
            {
                throw errors.Invalid("A point has coordinates that are not numbers or too large.");
            }

            if (x is { } first)
            {
                points.Add(new PolygonPoint(first - 0.5, number - 0.5));
                x = null;
            }
            else
            {
                x = number;
            }
        }

        return x is null ? [.. points] : throw errors.Invalid("A polygon has a point without its second coordinate.");
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> content) => content.StartsWith("\uFEFF"u8) ? content[3..] : content;
}
