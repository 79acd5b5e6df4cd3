using MedSeg.Imaging;
using SkiaSharp;

namespace MedSeg.Pictures;

/// <summary>A legend of ROIs: a swatch and a name for each, in as many lines as they need.</summary>
internal sealed class RoiLegend
{
    /// <summary>The height of a line, in pixels.</summary>
    public const int LineHeight = 26;

    /// <summary>The size of the text, in pixels.</summary>
    public const float TextHeight = 16;

    private const int Swatch = 16;
    private const int SwatchGap = 8;
    private const int EntryGap = 24;

    private static readonly SKColor s_ink = new(0x22, 0x22, 0x22);

    private readonly SKFont _font;
    private readonly (int Roi, string Text, float X, float Y)[] _entries;

    /// <summary>Initializes a new instance of the <see cref="RoiLegend"/> class.</summary>
    /// <param name="font">The font.</param>
    /// <param name="rois">The numbers and names of the ROIs.</param>
    /// <param name="width">The width of the picture, in pixels.</param>
    /// <param name="margin">The margin on both sides.</param>
    /// <param name="top">The top of the first line.</param>
    public RoiLegend(SKFont font, IEnumerable<(int Roi, string Name)> rois, int width, int margin, float top)
    {
        _font = font;
        var entries = new List<(int, string, float, float)>();
        (float x, float y) = (margin, top);
        foreach ((int roi, string name) in rois)
        {
            string text = MiddleEllipsis.Shorten(name, shorter => font.MeasureText(shorter) <= width - (2 * margin) - (2 * Swatch));
            float length = Swatch + SwatchGap + font.MeasureText(text);
            if (x > margin && x + length > width - margin)
            {
                (x, y) = (margin, y + LineHeight);
            }

            entries.Add((roi, text, x, y));
            x += length + EntryGap;
        }

        _entries = [.. entries];
        Bottom = _entries.Select(entry => entry.Y + LineHeight).DefaultIfEmpty(top).Max();
    }

    /// <summary>Gets the bottom of the last line.</summary>
    public float Bottom { get; }

    /// <summary>Draws the legend.</summary>
    /// <param name="canvas">The canvas.</param>
    public void Draw(SKCanvas canvas)
    {
        using var ink = new SKPaint { Color = s_ink, IsAntialias = true };
        foreach ((int roi, string text, float x, float y) in _entries)
        {
            RgbColor color = RoiPalette.ColorOf(roi);
            using var fill = new SKPaint { Color = new SKColor(color.Red, color.Green, color.Blue) };
            canvas.DrawRect(x, y + ((LineHeight - Swatch) / 2f), Swatch, Swatch, fill);
            canvas.DrawText(text, x + Swatch + SwatchGap, y + (LineHeight / 2f) + (TextHeight * 0.36f), SKTextAlign.Left, _font, ink);
        }
    }
}
