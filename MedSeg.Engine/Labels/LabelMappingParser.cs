using System.Globalization;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Labels;

/// <summary>Parses the hashtables of -LabelMap and -LabelColor, whose keys and values may have any type.</summary>
/// <param name="labelNames">The names of the ROIs 1 to K; empty if the masks determine K.</param>
public sealed class LabelMappingParser(IReadOnlyList<string> labelNames)
{
    /// <summary>Parses the mapping of mask values and segment names.</summary>
    /// <param name="entries">Mask values (numbers, or text that is a number) or segment names, each with its ROI.</param>
    /// <returns>The mapping.</returns>
    /// <exception cref="MedSegException"><c>LabelMapInvalid</c>: an ROI does not exist, or a key is listed twice.</exception>
    public LabelMapping Parse(IEnumerable<KeyValuePair<object, object?>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var values = new Dictionary<float, int>();
        var segments = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach ((object key, object? value) in entries)
        {
            string text = Text(key);
            int roi = Roi(text, value, "LabelMap");
            bool isNew = float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number)
                ? values.TryAdd(number, roi)
                : segments.TryAdd(text, roi);
            if (!isNew)
            {
                throw Invalid("LabelMap", $"{text} is listed twice");
            }
        }

        return new LabelMapping { Values = values, Segments = segments };
    }

    /// <summary>Parses the mapping of colours.</summary>
    /// <param name="entries">Colours (#RRGGBB, #RGB or an HTML colour name), each with its ROI.</param>
    /// <returns>The ROI number of each colour.</returns>
    /// <exception cref="MedSegException"><c>LabelColorInvalid</c>: an ROI or a colour does not exist, or a colour is listed twice.</exception>
    public IReadOnlyDictionary<RgbColor, int> ParseColors(IEnumerable<KeyValuePair<object, object?>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var colors = new Dictionary<RgbColor, int>();
        foreach ((object key, object? value) in entries)
        {
            string text = Text(key);
            RgbColor color = Color(text)
                ?? throw Invalid("LabelColor", $"'{text}' is not a colour", "Use #RRGGBB or an HTML colour name, for example @{'#FF0000'=1; 'lime'=2}.");
            if (!colors.TryAdd(color, Roi(text, value, "LabelColor")))
            {
                throw Invalid("LabelColor", $"{color} is listed twice");
            }
        }

        return colors;
    }

    private static RgbColor? Color(string text)
    {
        if (!text.StartsWith('#'))
        {
            var named = System.Drawing.Color.FromName(text);
            return named.IsKnownColor && !named.IsSystemColor && named.A == byte.MaxValue ? new RgbColor(named.R, named.G, named.B) : null;
        }

        string digits = text.Length == 4 ? string.Concat(text.Skip(1).Select(c => new string(c, 2))) : text[1..];
        return digits.Length == 6 && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint rgb)
            ? new RgbColor((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb)
            : null;
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture)?.Trim() ?? string.Empty;

    private static MedSegException Invalid(string parameter, string problem, string? advice = null) =>
        new(ErrorKind.InvalidArgument, parameter + "Invalid", $"-{parameter} is invalid: {problem}.") { Advice = advice };

    private int Roi(string key, object? value, string parameter)
    {
        string text = Text(value);
        for (int i = 0; i < labelNames.Count; i++)
        {
            if (labelNames[i].Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return i + 1;
            }
        }

        // While K is still unknown, 255 must stay free to recognize a 0/255 mask.
        int highest = labelNames.Count > 0 ? labelNames.Count : LabelSnap.MaximumRoiCount - 1;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int roi) && roi <= highest)
        {
            return roi;
        }

        string names = labelNames.Count > 0 ? $" or one of -LabelName ({string.Join(", ", labelNames)})" : string.Empty;
        throw Invalid(
            parameter,
            $"{key} is mapped to '{text}', but an ROI is a whole number from 0 (background) to {highest}{names}",
            labelNames.Count > 0 ? null : "To use ROI names, give -LabelName too.");
    }
}
