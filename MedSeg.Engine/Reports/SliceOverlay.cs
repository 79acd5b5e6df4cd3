using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Draws one slice, enlarged by a whole factor without smoothing, and its ROIs over it.</summary>
internal static class SliceOverlay
{
    /// <summary>Makes the grey picture of a slice.</summary>
    /// <param name="tile">The slice.</param>
    /// <param name="factor">The enlargement.</param>
    /// <returns>A picture of size × factor pixels a side.</returns>
    public static SKBitmap Grey(PreviewTile tile, int factor)
    {
        byte[] grey = ToGrey(tile.Image);
        return Enlarge(tile.Size, factor, (x, y, _, _) =>
        {
            byte value = grey[(y * tile.Size) + x];
            return new SKColor(value, value, value);
        });
    }

    /// <summary>Makes the picture of a slice with its ROIs in translucent colour, each with an opaque outline.</summary>
    /// <param name="tile">The slice.</param>
    /// <param name="factor">The enlargement.</param>
    /// <param name="opacity">How much of the image the colour covers, from 0 to 1.</param>
    /// <returns>A picture of size × factor pixels a side.</returns>
    public static SKBitmap WithRois(PreviewTile tile, int factor, double opacity)
    {
        byte[] grey = ToGrey(tile.Image);
        int outline = Math.Clamp(tile.Size * factor / 160, 1, Math.Max(1, factor));
        return Enlarge(tile.Size, factor, (x, y, dx, dy) =>
        {
            byte value = grey[(y * tile.Size) + x];
            byte roi = tile.Roi[(y * tile.Size) + x];
            if (roi == 0)
            {
                return new SKColor(value, value, value);
            }

            RgbColor color = RoiPalette.ColorOf(roi);
            return IsOutline(tile, x, y, dx, dy, factor, outline)
                ? new SKColor(color.Red, color.Green, color.Blue)
                : new SKColor(Mix(value, color.Red, opacity), Mix(value, color.Green, opacity), Mix(value, color.Blue, opacity));
        });
    }

    private static SKBitmap Enlarge(int size, int factor, Func<int, int, int, int, SKColor> colorOf)
    {
        int side = size * factor;
        var pixels = new SKColor[side * side];
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                pixels[(y * side) + x] = colorOf(x / factor, y / factor, x % factor, y % factor);
            }
        }

        return new SKBitmap(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque) { Pixels = pixels };
    }

    /// <summary>Says whether a pixel of the picture lies within the outline, which is inside of the ROI.</summary>
    private static bool IsOutline(PreviewTile tile, int x, int y, int dx, int dy, int factor, int width)
    {
        bool left = dx < width;
        bool right = dx >= factor - width;
        bool up = dy < width;
        bool down = dy >= factor - width;
        return (left && Differs(tile, x, y, -1, 0)) || (right && Differs(tile, x, y, 1, 0))
            || (up && Differs(tile, x, y, 0, -1)) || (down && Differs(tile, x, y, 0, 1))
            || (left && up && Differs(tile, x, y, -1, -1)) || (right && up && Differs(tile, x, y, 1, -1))
            || (left && down && Differs(tile, x, y, -1, 1)) || (right && down && Differs(tile, x, y, 1, 1));
    }

    private static bool Differs(PreviewTile tile, int x, int y, int stepX, int stepY)
    {
        int otherX = x + stepX;
        int otherY = y + stepY;
        return otherX < 0 || otherY < 0 || otherX >= tile.Size || otherY >= tile.Size
            || tile.Roi[(otherY * tile.Size) + otherX] != tile.Roi[(y * tile.Size) + x];
    }

    private static byte[] ToGrey(float[] image)
    {
        float low = float.PositiveInfinity;
        float high = float.NegativeInfinity;
        foreach (float value in image)
        {
            if (float.IsFinite(value))
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        double range = (double)high - low;
        byte[] grey = new byte[image.Length];
        for (int i = 0; i < image.Length; i++)
        {
            // A constant image is shown black, and so is what is not a number.
            grey[i] = float.IsFinite(image[i]) && range > 0 ? (byte)Math.Round((image[i] - (double)low) / range * 255) : (byte)0;
        }

        return grey;
    }

    private static byte Mix(byte below, byte above, double opacity) => (byte)Math.Round(below + ((above - below) * opacity));
}
