using System.Globalization;
using MedSeg.Composition;
using MedSeg.Pictures;
using ScottPlot.Colormaps;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Draws a map of fat: the slice in grey, the measured pixels in colour, and a colour bar in percent.</summary>
public static class FatMapPicture
{
    private const int UsualSide = 768;
    private const int BarWidth = 24;
    private const int Margin = 16;
    private const int TextWidth = 80;
    private const float TextSize = 20;

    // The colours of viridis differ in brightness as well, so that they can be told apart without colour vision and in print.
    private static readonly Viridis s_colors = new();

    /// <summary>Writes the picture.</summary>
    /// <param name="png">The stream to write the PNG to; it stays open.</param>
    /// <param name="map">The map.</param>
    public static void Write(Stream png, FatMap map)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(map);
        int rows = map.Image.Length / map.Columns;
        int factor = Math.Max(1, UsualSide / Math.Max(rows, map.Columns));
        using SKBitmap slice = Slice(map, rows);
        using var surface = SKSurface.Create(new SKImageInfo((map.Columns * factor) + Margin + BarWidth + TextWidth, rows * factor, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        using (SKImage image = SKImage.FromBitmap(slice))
        {
            surface.Canvas.DrawImage(image, new SKRect(0, 0, map.Columns * factor, rows * factor), new SKSamplingOptions(SKFilterMode.Nearest));
        }

        DrawBar(surface.Canvas, (map.Columns * factor) + Margin, rows * factor);
        using SKImage picture = surface.Snapshot();
        using SKData data = picture.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(png);
    }

    /// <summary>Returns the colour of a fraction.</summary>
    /// <param name="fraction">The fraction, 0 to 1.</param>
    internal static SKColor ColorOf(double fraction)
    {
        ScottPlot.Color color = s_colors.GetColor(fraction);
        return new SKColor(color.R, color.G, color.B);
    }

    private static SKBitmap Slice(FatMap map, int rows)
    {
        float[] finite = [.. map.Image.Where(float.IsFinite)];
        (float low, float high) = finite.Length > 0 ? (finite.Min(), finite.Max()) : (0, 0);
        var pixels = new SKColor[map.Image.Length];
        for (int at = 0; at < pixels.Length; at++)
        {
            byte grey = high > low && float.IsFinite(map.Image[at]) ? (byte)Math.Round(255 * (map.Image[at] - low) / (high - low)) : (byte)0;
            pixels[at] = float.IsNaN(map.Fractions[at]) ? new SKColor(grey, grey, grey) : ColorOf(map.Fractions[at]);
        }

        return new SKBitmap(map.Columns, rows, SKColorType.Rgba8888, SKAlphaType.Opaque) { Pixels = pixels };
    }

    private static void DrawBar(SKCanvas canvas, int left, int height)
    {
        int top = Math.Min(Margin, height / 8);
        int bottom = height - top;
        using var paint = new SKPaint { IsAntialias = true };
        for (int y = top; y < bottom; y++)
        {
            paint.Color = ColorOf(1 - ((y - top + 0.5) / (bottom - top)));
            canvas.DrawRect(left, y, BarWidth, 1, paint);
        }

        using SKTypeface typeface = SKTypeface.FromFamilyName(ReportFont.Family());
        using var font = new SKFont(typeface, Math.Min(TextSize, height / 8f));
        paint.Color = SKColors.Black;
        foreach (int percent in (int[])[0, 25, 50, 75, 100])
        {
            float y = bottom - ((bottom - top) * percent / 100f);
            canvas.DrawText(string.Create(CultureInfo.InvariantCulture, $"{percent} %"), left + BarWidth + 4, y + (font.Size * 0.35f), font, paint);
        }
    }
}
