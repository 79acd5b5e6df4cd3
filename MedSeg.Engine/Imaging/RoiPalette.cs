namespace MedSeg.Imaging;

/// <summary>Assigns a colour to each ROI, the same in plots and in pictures.</summary>
/// <remarks>
/// The first seven are the colour-blind safe palette of Okabe and Ito (Color Universal Design, 2008) without black,
/// which is invisible on dark images; yellow, weak on white, is last. From the eighth on, the same seven repeat with
/// rotated hue: the angle maximizes the CIE 1976 colour difference among 21 colours.
/// </remarks>
public static class RoiPalette
{
    private const double HueTurn = 133;

    private static readonly RgbColor[] s_okabeIto =
    [
        new(0xE6, 0x9F, 0x00), // orange
        new(0x56, 0xB4, 0xE9), // sky blue
        new(0x00, 0x9E, 0x73), // bluish green
        new(0xCC, 0x79, 0xA7), // reddish purple
        new(0xD5, 0x5E, 0x00), // vermillion
        new(0x00, 0x72, 0xB2), // blue
        new(0xF0, 0xE4, 0x42), // yellow
    ];

    /// <summary>Gets the colour of an ROI.</summary>
    /// <param name="roi">The ROI's value in label masks, from 1; 0 is the background, which has no colour.</param>
    /// <returns>The colour.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="roi"/> is below 1.</exception>
    public static RgbColor ColorOf(int roi)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(roi, 1);
        (int turns, int index) = Math.DivRem(roi - 1, s_okabeIto.Length);
        return turns == 0 ? s_okabeIto[index] : TurnHue(s_okabeIto[index], turns * HueTurn);
    }

    /// <summary>Returns the palette of indexed masks.</summary>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>Black for the background, then the colours of the ROIs 1 to K, as 0xRRGGBB.</returns>
    internal static uint[] Indexed(int roiCount)
    {
        uint[] palette = new uint[roiCount + 1];
        for (int roi = 1; roi <= roiCount; roi++)
        {
            RgbColor color = ColorOf(roi);
            palette[roi] = ((uint)color.Red << 16) | ((uint)color.Green << 8) | color.Blue;
        }

        return palette;
    }

    /// <summary>Rotates the hue in HSV; saturation and value stay the same.</summary>
    private static RgbColor TurnHue(RgbColor color, double degrees)
    {
        double high = Math.Max(color.Red, Math.Max(color.Green, color.Blue));
        double low = Math.Min(color.Red, Math.Min(color.Green, color.Blue));
        double sixth = (HueInSixths(color, high, high - low) + (degrees / 60)) % 6;
        return new RgbColor(Part(5), Part(3), Part(1));

        byte Part(int offset)
        {
            double k = (offset + sixth) % 6;
            return (byte)Math.Round(high - ((high - low) * Math.Clamp(Math.Min(k, 4 - k), 0, 1)));
        }
    }

    private static double HueInSixths(RgbColor color, double high, double range)
    {
        if (high == color.Red)
        {
            return (6 + ((color.Green - color.Blue) / range)) % 6;
        }

        return high == color.Green
            ? 2 + ((color.Blue - color.Red) / range)
            : 4 + ((color.Red - color.Green) / range);
    }
}
