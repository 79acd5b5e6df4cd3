using SkiaSharp;

namespace MedSeg.Pictures;

/// <summary>Draws a slice of any shape with its ROIs as an overlay.</summary>
internal static class OverlayPicture
{
    private const double Opacity = 0.35;

    // Small slices are enlarged, so that the outline of an ROI does not cover it.
    private const int UsualSide = 512;

    /// <summary>Writes the picture.</summary>
    /// <param name="png">The stream to write the PNG to.</param>
    /// <param name="grey">The intensities, row by row.</param>
    /// <param name="mask">The ROI numbers, row by row.</param>
    /// <param name="columns">The pixels of a row.</param>
    public static void Write(Stream png, float[] grey, byte[] mask, int columns)
    {
        using SKBitmap bitmap = SliceOverlay.WithRois(grey, mask, columns, FactorOf(grey.Length / columns, columns), Opacity);
        Save(png, bitmap);
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
