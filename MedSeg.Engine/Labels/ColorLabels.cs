using System.Globalization;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Labels;

/// <summary>
/// Turns the colours of one mask into ROI numbers, exactly: transparent pixels are background, and black ones too where
/// the user has not said otherwise; colours that are not known are counted for the error.
/// </summary>
/// <param name="colors">The ROI number of each colour.</param>
internal sealed class ColorLabels(IReadOnlyDictionary<RgbColor, int> colors)
{
    // A photograph has millions of colours; a message and memory need a few.
    private const int MostCounted = 1000;
    private const int ColorsShown = 10;

    // What 8-bit samples are multiplied by to become 16-bit ones: 0xAB becomes 0xABAB.
    private const int Widening = 257;

    private readonly Dictionary<ulong, long> _unknown = [];
    private long _uncounted;

    /// <summary>Gives the ROI of a pixel, and 0 where its colour is not known.</summary>
    /// <param name="red">The red sample.</param>
    /// <param name="green">The green sample.</param>
    /// <param name="blue">The blue sample.</param>
    /// <param name="alpha">The opacity, where 0 is transparent.</param>
    /// <param name="isWide">Whether samples have 16 bits.</param>
    /// <returns>The ROI number.</returns>
    public int RoiOf(int red, int green, int blue, int alpha, bool isWide)
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

    /// <summary>Refuses the mask where colours occurred that are not known.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileFormatException"><c>LabelColorUnknown</c>, with the commonest of them.</exception>
    public void ThrowIfUnknown(string path)
    {
        if (_unknown.Count == 0)
        {
            return;
        }

        string list = string.Join(", ", _unknown.OrderByDescending(c => c.Value).ThenBy(c => c.Key).Take(ColorsShown).Select(c => string.Create(CultureInfo.InvariantCulture, $"{Text(c.Key)} ({c.Value:N0} pixel{(c.Value == 1 ? "" : "s")})")));
        string more = _unknown.Count <= ColorsShown ? "" : _uncounted > 0 ? " and more" : $" and {_unknown.Count - ColorsShown} more";
        throw new FileFormatException(
            "LabelColorUnknown", path, $"the mask has colours that -LabelColor does not hold: {list}{more}. Add them, or save the mask without smoothed edges: colours must be exact.");
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
