using SkiaSharp;

namespace MedSeg.Pictures;

/// <summary>Draws a slice of any shape with its ROIs as an overlay.</summary>
internal static class OverlayPicture
{
    private const double Opacity = 0.35;

    // Small slices are enlarged, so that the outline of an ROI does not cover it.
    private const int UsualSide = 512;
    private const int Margin = 8;

    // Looking through the fonts of a system takes long, and a scan has thousands of slices.
    private static readonly Lazy<SKTypeface?> s_typeface = new(ReportFont.TryOpen);

    /// <summary>Writes the picture: the slice with the sides of the patient and a scale bar, if they are known, above a legend. Where no font is installed, it has no text.</summary>
    /// <param name="png">The stream to write the PNG to.</param>
    /// <param name="grey">The intensities, row by row.</param>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    /// <param name="notes">What is written on the picture.</param>
    public static void Write(Stream png, float[] grey, byte[] mask, int columns, OverlayNotes notes)
    {
        using SKBitmap bitmap = SliceOverlay.WithRois(grey, mask, columns, FactorOf(grey.Length / columns, columns), Opacity);
        if (s_typeface.Value is not { } typeface)
        {
            Save(png, bitmap);
            return;
        }

        using var font = new SKFont(typeface, RoiLegend.TextHeight);
        var legend = new RoiLegend(font, notes.RoiNames.Select((name, i) => (i + 1, name)), bitmap.Width, Margin, bitmap.Height + Margin);
        using var annotated = new SKBitmap(bitmap.Width, (int)legend.Bottom + Margin, bitmap.ColorType, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(annotated))
        {
            canvas.Clear(SKColors.White);
            canvas.DrawBitmap(bitmap, 0, 0);
            new SliceAnnotations(typeface, Math.Max(bitmap.Width, bitmap.Height)).Draw(canvas, notes.Directions, notes.Spacing, columns, SKRect.Create(bitmap.Width, bitmap.Height));
            legend.Draw(canvas);
        }

        Save(png, annotated);
    }

    /// <summary>Writes a picture of two masks.</summary>
    /// <param name="png">The stream to write the PNG to.</param>
    /// <param name="grey">The intensities, row by row.</param>
    /// <param name="drawn">The ROI numbers with solid outlines.</param>
    /// <param name="found">The ROI numbers with dashed outlines.</param>
    /// <param name="columns">The pixels of a row.</param>
    public static void WriteComparison(Stream png, float[] grey, byte[] drawn, byte[] found, int columns)
    {
        using SKBitmap bitmap = SliceOverlay.WithOutlines(grey, drawn, found, columns, FactorOf(grey.Length / columns, columns), Opacity);
        Save(png, bitmap);
    }

    private static int FactorOf(int rows, int columns) => Math.Max(1, UsualSide / Math.Max(rows, columns));

    private static void Save(Stream png, SKBitmap bitmap)
    {
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(png);
    }
}
