using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MedSeg.Files.Safetensors;

/// <summary>
/// Writes long text as a JSON string, a part at a time. <see cref="Utf8JsonWriter"/> rents memory for six characters for each one of the text,
/// and the pool keeps it: the state of a run, which grows with its history, took 10 KB more with every epoch.
/// </summary>
internal static class LongJsonText
{
    private const int PartLength = 4096;

    // A character becomes at most \u and four digits.
    private const int LongestEscape = 6;

    /// <summary>Writes a value, with the same bytes as <see cref="Utf8JsonWriter.WriteStringValue(string)"/>.</summary>
    /// <param name="json">Writes the JSON; it has the default encoder.</param>
    /// <param name="text">The text.</param>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<char> text)
    {
        var value = new ArrayBufferWriter<byte>((2 * text.Length) + 2);
        char[] escaped = new char[PartLength * LongestEscape];
        value.Write("\""u8);
        while (text.Length > 0)
        {
            // A pair of surrogates that the end of the part cuts in two is left to the next part.
            ReadOnlySpan<char> part = text[..Math.Min(PartLength, text.Length)];
            _ = JavaScriptEncoder.Default.Encode(part, escaped, out int read, out int written, isFinalBlock: part.Length == text.Length);
            Encoding.UTF8.GetBytes(escaped.AsSpan(0, written), value);
            text = text[read..];
        }

        value.Write("\""u8);
        json.WriteRawValue(value.WrittenSpan, skipInputValidation: true);
    }
}
