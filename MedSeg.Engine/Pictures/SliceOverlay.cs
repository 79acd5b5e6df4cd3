using MedSeg.Imaging;
using MedSeg.Labels;
using SkiaSharp;

namespace MedSeg.Pictures;

/// <summary>Draws a slice, enlarged by a whole factor without smoothing, and its ROIs over it.</summary>
internal static class SliceOverlay
{
    // In pixels of the picture: the stripes over ignored pixels.
    private const int HatchWidth = 4;

    /// <summary>Draws a slice in grey.</summary>
    /// <param name="tile">The slice.</param>
    /// <param name="factor">The enlargement.</param>
    /// <returns>A picture of size × factor pixels a side.</returns>
    public static SKBitmap Grey(PreviewTile tile, int factor)
    {
        byte[] grey = ToGrey(tile.Image, tile.Window);
        return Enlarge(tile.Size, tile.Size, factor, (x, y, _, _) =>
        {
            byte value = grey[(y * tile.Size) + x];
            return new SKColor(value, value, value);
        });
    }

    /// <summary>Draws a slice with its ROIs in translucent colour, each with an opaque outline.</summary>
    /// <param name="tile">The slice.</param>
    /// <param name="factor">The enlargement.</param>
    /// <param name="opacity">The opacity of the colours, from 0 to 1.</param>
    /// <returns>A picture of size × factor pixels a side.</returns>
    public static SKBitmap WithRois(PreviewTile tile, int factor, double opacity) => WithRois(tile.Image, tile.Roi, tile.Size, factor, opacity, tile.Window);

    /// <summary>Draws a slice of any shape with its ROIs.</summary>
    /// <param name="image">The intensities, row by row.</param>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="factor">The enlargement.</param>
    /// <param name="opacity">The opacity of the colours, from 0 to 1.</param>
    /// <param name="window">The values drawn as black and as white; null for the smallest and the largest.</param>
    /// <returns>A picture of columns × factor by rows × factor pixels.</returns>
    public static SKBitmap WithRois(float[] image, byte[] mask, int columns, int factor, double opacity, (float Low, float High)? window = null)
    {
        byte[] grey = ToGrey(image, window);
        int rows = image.Length / columns;
        int outline = OutlineOf(columns, rows, factor);
        return Enlarge(columns, rows, factor, (x, y, dx, dy) =>
        {
            byte value = grey[(y * columns) + x];
            byte roi = mask[(y * columns) + x];
            if (roi == 0)
            {
                return new SKColor(value, value, value);
            }

            if (roi == IgnoredPixels.Number)
            {
                byte hatched = (((x + y) * factor) + dx + dy) / HatchWidth % 2 == 0 ? (byte)(value / 2) : value;
                return new SKColor(hatched, hatched, hatched);
            }

            RgbColor color = RoiPalette.ColorOf(roi);
            return IsOutline(mask, columns, x, y, dx, dy, factor, outline)
                ? new SKColor(color.Red, color.Green, color.Blue)
                : new SKColor(Mix(value, color.Red, opacity), Mix(value, color.Green, opacity), Mix(value, color.Blue, opacity));
        });
    }

    /// <summary>Draws a slice with the outlines of two masks: those of the first are solid, those of the second dashed. What differs is tinted.</summary>
    /// <param name="image">The intensities, row by row.</param>
    /// <param name="first">The ROI numbers of the first mask.</param>
    /// <param name="second">The ROI numbers of the second mask.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="factor">The enlargement.</param>
    /// <param name="opacity">The opacity of the tint, from 0 to 1.</param>
    /// <returns>A picture of columns × factor by rows × factor pixels.</returns>
    public static SKBitmap WithOutlines(float[] image, byte[] first, byte[] second, int columns, int factor, double opacity)
    {
        byte[] grey = ToGrey(image, window: null);
        int rows = image.Length / columns;
        int outline = OutlineOf(columns, rows, factor);
        int dash = Math.Max(2, 4 * outline);
        return Enlarge(columns, rows, factor, (x, y, dx, dy) =>
        {
            int at = (y * columns) + x;
            bool isDash = ((((x + y) * factor) + dx + dy) / dash) % 2 == 0;
            byte roi = isDash && IsLine(second) ? second[at] : IsLine(first) ? first[at] : (byte)0;
            if (roi > 0)
            {
                RgbColor color = RoiPalette.ColorOf(roi);
                return new SKColor(color.Red, color.Green, color.Blue);
            }

            byte value = first[at] == second[at] || first[at] == IgnoredPixels.Number ? grey[at] : Mix(grey[at], byte.MaxValue, opacity);
            return new SKColor(value, value, value);

            bool IsLine(byte[] mask) => mask[at] is not (0 or IgnoredPixels.Number) && IsOutline(mask, columns, x, y, dx, dy, factor, outline);
        });
    }

    private static int OutlineOf(int columns, int rows, int factor) => Math.Clamp(Math.Max(rows, columns) * factor / 160, 1, Math.Max(1, factor));

    private static SKBitmap Enlarge(int columns, int rows, int factor, Func<int, int, int, int, SKColor> colorOf)
    {
        int width = columns * factor;
        int height = rows * factor;
        var pixels = new SKColor[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                pixels[(y * width) + x] = colorOf(x / factor, y / factor, x % factor, y % factor);
            }
        }

        return new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque) { Pixels = pixels };
    }

    /// <summary>Tells whether a pixel of the picture is part of the outline, which is inside of the ROI.</summary>
    private static bool IsOutline(byte[] mask, int columns, int x, int y, int dx, int dy, int factor, int width)
    {
        bool left = dx < width;
        bool right = dx >= factor - width;
        bool up = dy < width;
        bool down = dy >= factor - width;
        return (left && Differs(mask, columns, x, y, -1, 0)) || (right && Differs(mask, columns, x, y, 1, 0))
            || (up && Differs(mask, columns, x, y, 0, -1)) || (down && Differs(mask, columns, x, y, 0, 1))
            || (left && up && Differs(mask, columns, x, y, -1, -1)) || (right && up && Differs(mask, columns, x, y, 1, -1))
            || (left && down && Differs(mask, columns, x, y, -1, 1)) || (right && down && Differs(mask, columns, x, y, 1, 1));
    }

    private static bool Differs(byte[] mask, int columns, int x, int y, int stepX, int stepY)
    {
        int otherX = x + stepX;
        int otherY = y + stepY;
        return otherX < 0 || otherY < 0 || otherX >= columns || otherY >= mask.Length / columns
            || mask[(otherY * columns) + otherX] != mask[(y * columns) + x];
    }

    private static byte[] ToGrey(float[] image, (float Low, float High)? window)
    {
        (float low, float high) = window ?? Range(image);
        double range = (double)high - low;
        byte[] grey = new byte[image.Length];
        for (int i = 0; i < image.Length; i++)
        {
            // Constant images and NaN are drawn black.
            grey[i] = float.IsFinite(image[i]) && range > 0 ? (byte)Math.Round(Math.Clamp((image[i] - (double)low) / range, 0, 1) * 255) : (byte)0;
        }

        return grey;
    }

    private static (float Low, float High) Range(float[] image)
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

        return (low, high);
    }

    private static byte Mix(byte below, byte above, double opacity) => (byte)Math.Round(below + ((above - below) * opacity));
}
