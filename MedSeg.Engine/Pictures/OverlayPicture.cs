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
        int rows = grey.Length / columns;
        int factor = Math.Max(1, UsualSide / Math.Max(rows, columns));
        using SKBitmap bitmap = SliceOverlay.WithRois(grey, mask, columns, factor, Opacity);
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(png);
    }
}
