using System.Collections;
using System.Text.Json;
using MedSeg.Errors;

namespace MedSeg.PowerShell.Options;

/// <summary>Reads a JSON object of options; comments and trailing commas are allowed.</summary>
internal static class JsonOptionsReader
{
    private static readonly JsonDocumentOptions s_options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the options.</summary>
    /// <param name="text">The content.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="FileFormatException">It is not a JSON object.</exception>
    public static List<OptionEntry> Parse(string text, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(text, s_options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. document.RootElement.EnumerateObject().Select(property => new OptionEntry(property.Name, Value(property.Value), null))]
                : throw new FileFormatException(ErrorIds.OptionFileInvalid, path, "The file must be one JSON object of options such as { \"Epochs\": 100 }.");
        }
        catch (JsonException e)
        {
            throw new FileFormatException(ErrorIds.OptionFileInvalid, path, $"Line {e.LineNumber + 1} is not valid JSON: {e.Message.Split(" LineNumber:")[0]}", null, e);
        }
    }

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? whole : element.GetDouble(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => element.EnumerateArray().Select(Value).ToArray(),
        JsonValueKind.Object => new Hashtable(),
        _ => null,
    };
}
