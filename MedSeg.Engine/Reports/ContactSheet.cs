using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Threading;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Draws the slices of a segmentation on one sheet, with ROIs, a legend, the sides of the patient and scale bars.</summary>
public static class ContactSheet
{
    private const int TileSide = 360;
    private const int Margin = 24;
    private const int Gap = 16;
    private const int LineHeight = 26;
    private const float TextHeight = 16;
    private const int Swatch = 16;
    private const int LargestSide = 16384;

    private static readonly SKColor s_ink = new(0x22, 0x22, 0x22);

    /// <summary>Draws the sheet.</summary>
    /// <param name="png">The stream to write the PNG to; it stays open.</param>
    /// <param name="slices">The slices, at least one; images and masks are read again.</param>
    /// <param name="isFilled">Whether ROIs are filled with translucent colour, not only outlined.</param>
    /// <param name="events">Receives progress, and the errors of slices that cannot be drawn and are left out; or null.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    /// <exception cref="MedSegException">
    /// There are no slices, or none can be drawn (<c>EmptyReport</c>); the sheet would be larger than 16384 pixels a side
    /// (<c>PreviewTooLarge</c>); or no font is installed (<c>NoFont</c>).
    /// </exception>
    public static void Write(Stream png, IReadOnlyList<SegmentedSlice> slices, bool isFilled = false, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(slices);
        int columns = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(slices.Count)));
        RequireSize(slices.Count, columns);
        using var picture = new SlicePicture(TileSide) { IsFilled = isFilled, HasScaleBar = true };
        (SegmentedSlice Slice, PicturedSlice Drawn)[] drawn = Read(slices, events, cancellationToken);
        if (drawn.Length == 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.EmptyReport, "There are no slices that can be drawn, so there is no contact sheet.") { Advice = "The errors before this one say why." };
        }

        using SKTypeface typeface = SKTypeface.FromFamilyName(ReportFont.Family());
        using var font = new SKFont(typeface, TextHeight);
        int width = (2 * Margin) + (columns * (TileSide + Gap)) - Gap;
        int[] tops = TopsOf([.. drawn.Select(slice => picture.SizeOf(slice.Drawn).Height)], columns);
        (int Roi, string Text, float X, float Y)[] legend = Legend([.. slices.SelectMany(slice => slice.Rois).Select(roi => (roi.Roi, roi.Name)).Distinct().OrderBy(roi => roi.Roi)], font, width, tops[^1]);
        float bottom = legend.Select(entry => entry.Y + LineHeight).DefaultIfEmpty(tops[^1]).Max() + Margin;
        using var surface = SKSurface.Create(new SKImageInfo(width, (int)bottom, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        for (int i = 0; i < drawn.Length; i++)
        {
            DrawTile(surface.Canvas, picture, font, drawn[i], new SKPoint(Margin + (i % columns * (TileSide + Gap)), tops[i / columns]));
        }

        DrawLegend(surface.Canvas, font, legend);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(png);
    }

    private static void RequireSize(int count, int columns)
    {
        int rows = (count + columns - 1) / columns;
        if (Math.Max(columns, rows) * (TileSide + LineHeight + Gap) > LargestSide - (8 * Margin))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.PreviewTooLarge, $"A sheet of {count} slices would have more than {LargestSide} pixels a side.")
            {
                Advice = "Draw fewer slices: write a sheet for each series.",
            };
        }
    }

    private static (SegmentedSlice Slice, PicturedSlice Drawn)[] Read(IReadOnlyList<SegmentedSlice> slices, EngineEvents? events, CancellationToken cancellationToken)
    {
        var reader = new SegmentedSliceReader();
        var drawn = new List<(SegmentedSlice, PicturedSlice)>();
        for (int i = 0; i < slices.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                drawn.Add((slices[i], reader.Read(slices[i])));
            }
            catch (MedSegException e)
            {
                events?.Error?.Invoke(e);
            }

            events?.Progress?.Invoke(new WorkProgress(i + 1, slices.Count));
        }

        return [.. drawn];
    }

    // The top of each row, and that of what follows the last one.
    private static int[] TopsOf(int[] heights, int columns)
    {
        var tops = new List<int> { Margin };
        foreach (int[] row in heights.Chunk(columns))
        {
            tops.Add(tops[^1] + LineHeight + row.Max() + Gap);
        }

        return [.. tops];
    }

    private static void DrawTile(SKCanvas canvas, SlicePicture picture, SKFont font, (SegmentedSlice Slice, PicturedSlice Drawn) slice, SKPoint corner)
    {
        using var ink = new SKPaint { Color = s_ink, IsAntialias = true };
        string caption = MiddleEllipsis.Shorten(slice.Slice.Name, text => font.MeasureText(text) <= TileSide);
        canvas.DrawText(caption, corner.X, corner.Y + TextHeight, SKTextAlign.Left, font, ink);
        SKSizeI size = picture.SizeOf(slice.Drawn);
        picture.Draw(canvas, slice.Drawn, SKRect.Create(corner.X + ((TileSide - size.Width) / 2), corner.Y + LineHeight, size.Width, size.Height));
    }

    private static (int Roi, string Text, float X, float Y)[] Legend((int Roi, string Name)[] rois, SKFont font, int width, float top)
    {
        var entries = new List<(int, string, float, float)>();
        (float x, float y) = (Margin, top);
        foreach ((int roi, string name) in rois)
        {
            string text = MiddleEllipsis.Shorten(name, shorter => font.MeasureText(shorter) <= width - (2 * Margin) - (2 * Swatch));
            float length = Swatch + 8 + font.MeasureText(text);
            if (x > Margin && x + length > width - Margin)
            {
                (x, y) = (Margin, y + LineHeight);
            }

            entries.Add((roi, text, x, y));
            x += length + 24;
        }

        return [.. entries];
    }

    private static void DrawLegend(SKCanvas canvas, SKFont font, (int Roi, string Text, float X, float Y)[] legend)
    {
        using var ink = new SKPaint { Color = s_ink, IsAntialias = true };
        foreach ((int roi, string text, float x, float y) in legend)
        {
            RgbColor color = RoiPalette.ColorOf(roi);
            using var fill = new SKPaint { Color = new SKColor(color.Red, color.Green, color.Blue) };
            canvas.DrawRect(x, y + ((LineHeight - Swatch) / 2f), Swatch, Swatch, fill);
            canvas.DrawText(text, x + Swatch + 8, y + (LineHeight / 2f) + (TextHeight * 0.36f), SKTextAlign.Left, font, ink);
        }
    }
}
