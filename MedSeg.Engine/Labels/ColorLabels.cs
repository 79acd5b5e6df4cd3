using System.Globalization;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Labels;

/// <summary>
/// Converts the colours of one mask to ROI numbers, by exact match. Transparent pixels are background, and so is black
/// unless it is mapped. Unknown colours are counted for the error message.
/// </summary>
/// <param name="colors">The ROI number of each colour.</param>
internal sealed class ColorLabels(IReadOnlyDictionary<RgbColor, int> colors) : ColorReading
{
    // A photograph has millions of colours; counting a thousand is enough for a message.
    private const int MostCounted = 1000;
    private const int ColorsShown = 10;

    // The factor from 8-bit to 16-bit samples: 0xAB becomes 0xABAB.
    private const int Widening = 257;

    private readonly Dictionary<ulong, long> _unknown = [];
    private long _uncounted;

    /// <inheritdoc/>
    /// <returns>The ROI number; 0 if the colour is unknown.</returns>
    public override int ValueOf(int red, int green, int blue, int alpha, bool isWide)
    {
        if (alpha == 0)
        {
            return 0;
        }

        (int r, int g, int b) = isWide ? (red, green, blue) : (red * Widening, green * Widening, blue * Widening);
        bool isExact = r % Widening == 0 && g % Widening == 0 && b % Widening == 0;
        if (isExact && colors.TryGetValue(new RgbColor((byte)(r / Widening), (byte)(g / Widening), (byte)(b / Widening)), out int roi))
        {
            return roi;
        }

        if ((r | g | b) != 0)
        {
            Count(((ulong)r << 32) | ((ulong)g << 16) | (uint)b);
        }

        return 0;
    }

    /// <inheritdoc/>
    /// <exception cref="FileFormatException"><c>LabelColorUnknown</c>; the message lists the most frequent colours.</exception>
    public override void ThrowIfUnknown(string path)
    {
        if (_unknown.Count == 0)
        {
            return;
        }

        IEnumerable<string> commonest = _unknown.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Take(ColorsShown)
            .Select(c => string.Create(CultureInfo.InvariantCulture, $"{Text(c.Key)} ({c.Value:N0} pixel{(c.Value == 1 ? "" : "s")})"));
        string more = _unknown.Count <= ColorsShown ? "" : _uncounted > 0 ? " and more" : $" and {_unknown.Count - ColorsShown} more";
        throw new FileFormatException(
            ErrorIds.LabelColorUnknown, path, $"The mask has colours that are not in -LabelColor: {string.Join(", ", commonest)}{more}.")
        {
            Advice = "Add them to -LabelColor, or save the mask without smoothed (anti-aliased) edges: colours must match exactly.",
        };
    }

    private static string Text(ulong color)
    {
        (int red, int green, int blue) = ((int)(color >> 32), (int)(color >> 16) & 0xFFFF, (int)color & 0xFFFF);
        return red % Widening == 0 && green % Widening == 0 && blue % Widening == 0
            ? $"#{red / Widening:X2}{green / Widening:X2}{blue / Widening:X2}"
            : $"#{red:X4}{green:X4}{blue:X4}";
    }

    private void Count(ulong color)
    {
        if (_unknown.TryGetValue(color, out long count) || _unknown.Count < MostCounted)
        {
            _unknown[color] = count + 1;
        }
        else
        {
            _uncounted++;
        }
    }
}
