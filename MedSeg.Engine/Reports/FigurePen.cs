using MedSeg.Imaging;
using MedSeg.Pictures;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Draws text, lines and points in the style of the figures.</summary>
internal sealed class FigurePen : IDisposable
{
    /// <summary>The colour of text and axes.</summary>
    public static readonly SKColor Ink = new(0x22, 0x22, 0x22);

    /// <summary>The colour of grids and of what is of little weight.</summary>
    public static readonly SKColor Faint = new(0xE2, 0xE2, 0xE2);

    /// <summary>The colour of secondary lines and text.</summary>
    public static readonly SKColor Muted = new(0x66, 0x66, 0x66);

    private readonly SKCanvas _canvas;
    private readonly SKTypeface _regular;
    private readonly SKTypeface _bold;
    private readonly SKFont _font;
    private readonly SKFont _boldFont;

    /// <summary>Initializes a new instance of the <see cref="FigurePen"/> class.</summary>
    /// <param name="canvas">Where to draw, in points.</param>
    /// <param name="fontSize">The size of the text, in points.</param>
    public FigurePen(SKCanvas canvas, float fontSize)
    {
        _canvas = canvas;
        string family = ReportFont.Family();
        _regular = SKTypeface.FromFamilyName(family);
        _bold = SKTypeface.FromFamilyName(family, SKFontStyle.Bold);
        _font = Font(_regular, fontSize);
        _boldFont = Font(_bold, fontSize);
    }

    /// <summary>Gets the size of the text, in points.</summary>
    public float Size => _font.Size;

    /// <summary>Gets the colour of an ROI.</summary>
    /// <param name="roi">The ROI's number, from 1.</param>
    public static SKColor ColorOf(int roi)
    {
        RgbColor color = RoiPalette.ColorOf(roi);
        return new SKColor(color.Red, color.Green, color.Blue);
    }

    /// <summary>Measures a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isBold">Whether it is bold.</param>
    /// <returns>The width in points.</returns>
    public float Measure(string text, bool isBold = false) => (isBold ? _boldFont : _font).MeasureText(text);

    /// <summary>Shortens a text to a width.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The width in points.</param>
    public string Fit(string text, float width) => MiddleEllipsis.Shorten(text, shorter => _boldFont.MeasureText(shorter) <= width);

    /// <summary>Draws text.</summary>
    public void Text(string text, float x, float baseline, SKTextAlign align = SKTextAlign.Left, SKColor? color = null, bool isBold = false)
    {
        using var paint = new SKPaint { Color = color ?? Ink, IsAntialias = true };
        _canvas.DrawText(text, x, baseline, align, isBold ? _boldFont : _font, paint);
    }

    /// <summary>Draws text that reads upwards, centred on a point.</summary>
    public void TextUpwards(string text, float x, float middle)
    {
        _canvas.Save();
        _canvas.RotateDegrees(-90, x, middle);
        Text(text, x, middle, SKTextAlign.Center);
        _canvas.Restore();
    }

    /// <summary>Draws a line.</summary>
    public void Line(float x1, float y1, float x2, float y2, SKColor color, float width, bool isDashed = false)
    {
        using SKPathEffect? dashes = isDashed ? SKPathEffect.CreateDash([4 * width, 2.5f * width], 0) : null;
        using var paint = new SKPaint { Color = color, StrokeWidth = width, IsStroke = true, IsAntialias = true, PathEffect = dashes };
        _canvas.DrawLine(x1, y1, x2, y2, paint);
    }

    /// <summary>Fills a rectangle.</summary>
    public void Fill(SKRect place, SKColor color)
    {
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        _canvas.DrawRect(place, paint);
    }

    /// <summary>Draws the outline of a rectangle.</summary>
    public void Outline(SKRect place, SKColor color, float width)
    {
        using var paint = new SKPaint { Color = color, StrokeWidth = width, IsStroke = true, IsAntialias = true };
        _canvas.DrawRect(place, paint);
    }

    /// <summary>Draws a point that lets others shine through, with a rim that sets it apart from them.</summary>
    public void Point(SKPoint at, SKColor color, float radius)
    {
        using var fill = new SKPaint { Color = color.WithAlpha(0xB0), IsAntialias = true };
        using var rim = new SKPaint { Color = Darker(color), StrokeWidth = radius / 5, IsStroke = true, IsAntialias = true };
        _canvas.DrawCircle(at, radius, fill);
        _canvas.DrawCircle(at, radius, rim);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _font.Dispose();
        _boldFont.Dispose();
        _regular.Dispose();
        _bold.Dispose();
    }

    // Letters are where the font wants them, not at whole points, so that an SVG looks right at any size.
    private static SKFont Font(SKTypeface typeface, float size) => new(typeface, size) { Subpixel = true, LinearMetrics = true, Hinting = SKFontHinting.None };

    private static SKColor Darker(SKColor color) => new((byte)(color.Red * 0.6), (byte)(color.Green * 0.6), (byte)(color.Blue * 0.6));
}
