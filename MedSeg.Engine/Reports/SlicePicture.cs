using System.Runtime.InteropServices;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Pictures;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Draws slices at a given size, with outlines of ROIs, the sides of the patient and a scale bar.</summary>
internal sealed class SlicePicture : IDisposable
{
    private const double DarkShare = 0.005;
    private const double BrightShare = 0.995;
    private const byte FillAlpha = 90;

    private static readonly SKSamplingOptions s_sampling = new(SKFilterMode.Linear, SKMipmapMode.Linear);

    private readonly SKTypeface _typeface = SKTypeface.FromFamilyName(ReportFont.Family(), SKFontStyle.Bold);
    private readonly SliceAnnotations _annotations;
    private readonly int _side;

    /// <summary>Initializes a new instance of the <see cref="SlicePicture"/> class.</summary>
    /// <param name="side">The longer side of pictures, in pixels.</param>
    public SlicePicture(int side)
    {
        _side = side;
        _annotations = new SliceAnnotations(_typeface, side);
    }

    /// <summary>Gets a value indicating whether ROIs are filled with translucent colour.</summary>
    public bool IsFilled { get; init; }

    /// <summary>Gets a value indicating whether a scale bar is drawn where the pixel spacing is known.</summary>
    public bool HasScaleBar { get; init; }

    /// <summary>Returns the size of a slice's picture.</summary>
    /// <param name="slice">The slice.</param>
    public SKSizeI SizeOf(PicturedSlice slice)
    {
        double width = slice.Columns * (slice.Spacing?.Column ?? 1);
        double height = slice.Rows * (slice.Spacing?.Row ?? 1);
        double scale = _side / Math.Max(width, height);
        return new SKSizeI(Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
    }

    /// <summary>Draws a slice as a JPEG.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="quality">The quality, from 1 to 100.</param>
    /// <returns>The file in base64, and its size in pixels.</returns>
    public (string Base64, (int Width, int Height) Size) ToJpeg(PicturedSlice slice, int quality)
    {
        SKSizeI size = SizeOf(slice);
        using var bitmap = new SKBitmap(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            Draw(canvas, slice, SKRect.Create(size.Width, size.Height));
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return (Convert.ToBase64String(data.AsSpan()), (size.Width, size.Height));
    }

    /// <summary>Draws a slice.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="place">The rectangle that the slice fills.</param>
    public void Draw(SKCanvas canvas, PicturedSlice slice, SKRect place)
    {
        using SKBitmap grey = Grey(slice);
        using var image = SKImage.FromBitmap(grey);
        canvas.DrawImage(image, place, s_sampling);
        foreach (byte roi in slice.Mask.Distinct().Where(roi => roi != 0).Order())
        {
            DrawRoi(canvas, slice, place, roi);
        }

        _annotations.Draw(canvas, slice.Directions, HasScaleBar ? slice.Spacing : null, slice.Columns, place);
    }

    /// <inheritdoc/>
    public void Dispose() => _typeface.Dispose();

    private void DrawRoi(SKCanvas canvas, PicturedSlice slice, SKRect place, byte roi)
    {
        using var path = new RoiPath(slice.Mask, slice.Columns, roi, place);
        bool isIgnored = roi == IgnoredPixels.Number;
        RgbColor palette = isIgnored ? new RgbColor(0x80, 0x80, 0x80) : RoiPalette.ColorOf(roi);
        var color = new SKColor(palette.Red, palette.Green, palette.Blue);
        if (IsFilled || isIgnored)
        {
            using var fill = new SKPaint { Color = color.WithAlpha(FillAlpha) };
            canvas.DrawPath(path.Inside, fill);
        }

        // Only the inner half of the stroke is drawn, so that neighbouring ROIs do not cover each other's outline.
        using var stroke = new SKPaint { Color = color, Style = SKPaintStyle.Stroke, StrokeWidth = 2 * Math.Max(1.2f, _side / 200f), StrokeCap = SKStrokeCap.Square, IsAntialias = true };
        canvas.Save();
        canvas.ClipPath(path.Inside, antialias: true);
        canvas.DrawPath(path.Outline, stroke);
        canvas.Restore();
    }

    // Few very bright pixels, as of vessels or coils, would leave all others dark.
    private static SKBitmap Grey(PicturedSlice slice)
    {
        float[] sorted = Array.FindAll(slice.Image, float.IsFinite);
        Array.Sort(sorted);
        float low = sorted.Length == 0 ? 0 : sorted[(int)(DarkShare * (sorted.Length - 1))];
        float high = sorted.Length == 0 ? 0 : sorted[(int)(BrightShare * (sorted.Length - 1))];
        if (high <= low && sorted.Length > 0)
        {
            (low, high) = (sorted[0], sorted[^1]);
        }

        double range = (double)high - low;
        byte[] grey = new byte[slice.Image.Length];
        for (int i = 0; i < grey.Length; i++)
        {
            float value = slice.Image[i];
            grey[i] = float.IsFinite(value) && range > 0 ? (byte)Math.Round(Math.Clamp((value - (double)low) / range, 0, 1) * 255) : (byte)0;
        }

        var bitmap = new SKBitmap(slice.Columns, slice.Rows, SKColorType.Gray8, SKAlphaType.Opaque);
        Marshal.Copy(grey, 0, bitmap.GetPixels(), grey.Length);
        return bitmap;
    }
}
