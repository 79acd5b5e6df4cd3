using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Pictures;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Draws a sheet of slices with their ROIs in colour, next to the same slices without ROIs if paired.</summary>
public static class PreviewPicture
{
    private const int LargestSheetSide = 16384;

    /// <summary>Draws the sheet.</summary>
    /// <param name="png">The stream to write the PNG to; it stays open.</param>
    /// <param name="tiles">The slices, at least one; their sizes may differ.</param>
    /// <param name="labelNames">The names of the ROIs 1 to K, in order. A legend shows each in its colour.</param>
    /// <param name="options">The layout; null for the defaults.</param>
    /// <exception cref="MedSegException">
    /// There is no tile (<c>EmptyPreview</c>), a tile's arrays are not of its size or hold an ROI beyond K
    /// (<c>PreviewTileMismatch</c>), an option is out of range (<c>PreviewOptionOutOfRange</c>), the sheet would be
    /// larger than 16384 pixels a side (<c>PreviewTooLarge</c>) or no font is installed (<c>NoFont</c>).
    /// </exception>
    public static void Write(Stream png, IReadOnlyList<PreviewTile> tiles, IReadOnlyList<string> labelNames, PreviewOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(tiles);
        ArgumentNullException.ThrowIfNull(labelNames);
        options ??= new PreviewOptions();
        options.Validate();
        Check(tiles, labelNames.Count);

        using SKTypeface typeface = SKTypeface.FromFamilyName(ReportFont.Family());
        using var font = new SKFont(typeface, PreviewLayout.TextHeight);
        var layout = new PreviewLayout(tiles, labelNames, options, text => font.MeasureText(text));
        if (layout.Width > LargestSheetSide || layout.Height > LargestSheetSide)
        {
            throw new MedSegException(
                ErrorKind.InvalidArgument,
                ErrorIds.PreviewTooLarge,
                $"The sheet would have {layout.Width}×{layout.Height} pixels, but each side can have at most {LargestSheetSide}.")
            {
                Advice = "Draw fewer slices.",
            };
        }

        using var surface = SKSurface.Create(new SKImageInfo(layout.Width, layout.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        for (int i = 0; i < tiles.Count; i++)
        {
            DrawTile(surface.Canvas, tiles[i], layout, layout.TileAt(i), options, font);
        }

        DrawLegend(surface.Canvas, layout, font);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(png);
    }

    private static void Check(IReadOnlyList<PreviewTile> tiles, int rois)
    {
        if (tiles.Count == 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.EmptyPreview, "There are no slices to draw.");
        }

        foreach (PreviewTile tile in tiles)
        {
            long pixels = (long)tile.Size * tile.Size;
            if (tile.Size < 1 || tile.Image.Length != pixels || tile.Roi.Length != pixels || tile.Roi.Any(roi => roi > rois && roi != IgnoredPixels.Number))
            {
                throw new MedSegException(
                    ErrorKind.InvalidArgument,
                    ErrorIds.PreviewTileMismatch,
                    $"{tile.Caption}: A slice of {tile.Size}×{tile.Size} pixels with ROIs up to {rois} was expected, but the image has {tile.Image.Length} values, and the mask {tile.Roi.Length} values up to {tile.Roi.DefaultIfEmpty().Max()}.");
            }
        }
    }

    private static void DrawTile(SKCanvas canvas, PreviewTile tile, PreviewLayout layout, SKPoint corner, PreviewOptions options, SKFont font)
    {
        using var ink = new SKPaint { Color = PreviewLayout.Ink, IsAntialias = true };
        string caption = MiddleEllipsis.Shorten(tile.Caption, text => font.MeasureText(text) <= layout.TileWidth);
        canvas.DrawText(caption, corner.X, corner.Y + PreviewLayout.Baseline, SKTextAlign.Left, font, ink);

        int factor = layout.FactorOf(tile);
        float left = corner.X;
        if (options.IsPaired)
        {
            using SKBitmap plain = SliceOverlay.Grey(tile, factor);
            canvas.DrawBitmap(plain, left, corner.Y + PreviewLayout.LineHeight);
            left += layout.SliceSide + PreviewLayout.SliceGap;
        }

        using SKBitmap outlined = SliceOverlay.WithRois(tile, factor, options.Opacity);
        canvas.DrawBitmap(outlined, left, corner.Y + PreviewLayout.LineHeight);
    }

    private static void DrawLegend(SKCanvas canvas, PreviewLayout layout, SKFont font)
    {
        using var ink = new SKPaint { Color = PreviewLayout.Ink, IsAntialias = true };
        foreach (PreviewLegendEntry entry in layout.Legend)
        {
            RgbColor color = RoiPalette.ColorOf(entry.Roi);
            using var fill = new SKPaint { Color = new SKColor(color.Red, color.Green, color.Blue) };
            float top = entry.Y + ((PreviewLayout.LineHeight - PreviewLayout.SwatchSide) / 2f);
            canvas.DrawRect(entry.X, (float)Math.Floor(top), PreviewLayout.SwatchSide, PreviewLayout.SwatchSide, fill);
            float textLeft = entry.X + PreviewLayout.SwatchSide + PreviewLayout.SwatchGap;
            canvas.DrawText(entry.Text, textLeft, entry.Y + PreviewLayout.Baseline, SKTextAlign.Left, font, ink);
        }
    }
}
