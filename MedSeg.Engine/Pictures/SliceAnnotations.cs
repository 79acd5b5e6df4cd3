using System.Globalization;
using MedSeg.Imaging;
using SkiaSharp;

namespace MedSeg.Pictures;

/// <summary>Draws the sides of the patient and a scale bar on a slice.</summary>
/// <param name="typeface">The typeface.</param>
/// <param name="side">The longer side of the slice's picture, in pixels, which determines the size of the text.</param>
internal sealed class SliceAnnotations(SKTypeface typeface, int side)
{
    private const float TextShare = 0.055f;

    private readonly float _size = Math.Max(9, TextShare * side);

    /// <summary>Draws what is known.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="sides">The sides of the patient; null if they are not known.</param>
    /// <param name="spacing">The distance between the slice's pixels; null for no scale bar.</param>
    /// <param name="columns">The number of the slice's columns.</param>
    /// <param name="place">The rectangle that the slice fills.</param>
    public void Draw(SKCanvas canvas, SliceDirections? sides, PixelSpacing? spacing, int columns, SKRect place)
    {
        if (sides is { } known)
        {
            DrawDirections(canvas, known, place);
        }

        if (spacing is { } distance)
        {
            DrawScaleBar(canvas, distance, columns, place);
        }
    }

    private void DrawDirections(SKCanvas canvas, SliceDirections sides, SKRect place)
    {
        float middle = place.MidY + (_size * 0.35f);
        DrawText(canvas, sides.Left.ToString(), place.Left + (_size * 0.3f), middle, SKTextAlign.Left, _size);
        DrawText(canvas, sides.Right.ToString(), place.Right - (_size * 0.3f), middle, SKTextAlign.Right, _size);
        DrawText(canvas, sides.Top.ToString(), place.MidX, place.Top + (_size * 0.95f), SKTextAlign.Center, _size);
        DrawText(canvas, sides.Bottom.ToString(), place.MidX, place.Bottom - (_size * 0.25f), SKTextAlign.Center, _size);
    }

    // A bar of 1, 2 or 5 times a power of ten, at most a third of the width, at the lower left.
    private void DrawScaleBar(SKCanvas canvas, PixelSpacing spacing, int columns, SKRect place)
    {
        double pixelsPerMillimetre = place.Width / (columns * spacing.Column);
        double longest = place.Width / 3 / pixelsPerMillimetre;
        double power = Math.Pow(10, Math.Floor(Math.Log10(longest)));
        double millimetres = power * (longest >= 5 * power ? 5 : longest >= 2 * power ? 2 : 1);
        float length = (float)(millimetres * pixelsPerMillimetre);
        float thickness = Math.Max(2, side / 120f);
        float y = place.Bottom - (_size * 0.5f) - thickness;
        float x = place.Left + (_size * 0.5f);
        using var dark = new SKPaint { Color = SKColors.Black };
        using var light = new SKPaint { Color = SKColors.White };
        canvas.DrawRect(x - 1, y - 1, length + 2, thickness + 2, dark);
        canvas.DrawRect(x, y, length, thickness, light);
        string text = millimetres >= 10 ? string.Create(CultureInfo.InvariantCulture, $"{millimetres / 10:0.##} cm") : string.Create(CultureInfo.InvariantCulture, $"{millimetres:0.##} mm");
        DrawText(canvas, text, x, y - (_size * 0.3f), SKTextAlign.Left, _size * 0.85f);
    }

    // A dark rim keeps the letters legible on bright tissue.
    private void DrawText(SKCanvas canvas, string text, float x, float y, SKTextAlign align, float size)
    {
        using var font = new SKFont(typeface, size);
        using var rim = new SKPaint { Color = SKColors.Black, Style = SKPaintStyle.Stroke, StrokeWidth = size / 5, IsAntialias = true };
        using var ink = new SKPaint { Color = SKColors.White, IsAntialias = true };
        canvas.DrawText(text, x, y, align, font, rim);
        canvas.DrawText(text, x, y, align, font, ink);
    }
}
