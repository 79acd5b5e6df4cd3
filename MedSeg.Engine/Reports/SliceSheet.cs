using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Threading;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Lays out slices in rows, each under its name, above a legend of the ROIs.</summary>
internal sealed class SliceSheet : IDisposable
{
    private const int Margin = 24;
    private const int Gap = 16;
    private const int LineHeight = 26;
    private const float TextHeight = 16;
    private const int Swatch = 16;
    private const int LargestSide = 16384;

    private static readonly SKColor s_ink = new(0x22, 0x22, 0x22);

    private readonly SlicePicture _picture;
    private readonly int _side;
    private readonly SKTypeface _typeface = SKTypeface.FromFamilyName(ReportFont.Family());
    private readonly SKFont _font;

    /// <summary>Initializes a new instance of the <see cref="SliceSheet"/> class.</summary>
    /// <param name="side">The longer side of a slice, in pixels.</param>
    /// <param name="isFilled">Whether ROIs are filled with translucent colour, not only outlined.</param>
    public SliceSheet(int side, bool isFilled)
    {
        _side = side;
        _picture = new SlicePicture(side) { IsFilled = isFilled, HasScaleBar = true };
        _font = new SKFont(_typeface, TextHeight);
    }

    /// <summary>Refuses a sheet that would be too large.</summary>
    /// <param name="columns">The number of slices in a row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="count">The number of slices.</param>
    /// <exception cref="MedSegException"><c>PreviewTooLarge</c>.</exception>
    public void RequireSize(int columns, int rows, int count)
    {
        if (Math.Max(columns, rows) * (_side + LineHeight + Gap) > LargestSide - (8 * Margin))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.PreviewTooLarge, $"A sheet of {count} slices would have more than {LargestSide} pixels a side.")
            {
                Advice = "Draw fewer slices: write a sheet for each series.",
            };
        }
    }

    /// <summary>Reads slices; those that cannot be read are errors and left out.</summary>
    /// <param name="slices">The slices.</param>
    /// <param name="events">Receives progress and errors; or null.</param>
    /// <param name="cancellationToken">Stops before the next slice.</param>
    /// <exception cref="MedSegException">None can be read (<c>EmptyReport</c>).</exception>
    public static (SegmentedSlice Slice, PicturedSlice Drawn)[] Read(IReadOnlyList<SegmentedSlice> slices, EngineEvents? events, CancellationToken cancellationToken)
    {
        (SegmentedSlice, PicturedSlice)[] drawn = new SegmentedSliceReader().ReadAll(slices, events, cancellationToken);
        return drawn.Length > 0 ? drawn
            : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.EmptyReport, "There are no slices that can be drawn, so there is no contact sheet.") { Advice = "The errors before this one say why." };
    }

    /// <summary>Draws a sheet.</summary>
    /// <param name="rows">The slices of each row.</param>
    /// <param name="rois">The ROIs of the legend.</param>
    /// <param name="tileHeight">The height of each slice, if it is not that of the highest in its row; 0 otherwise.</param>
    /// <returns>The content of a PNG file.</returns>
    public byte[] Draw(IReadOnlyList<(SegmentedSlice Slice, PicturedSlice Drawn)[]> rows, IEnumerable<SegmentedRoi> rois, int tileHeight = 0)
    {
        int columns = rows.Max(row => row.Length);
        int width = (2 * Margin) + (columns * (_side + Gap)) - Gap;
        int[] tops = TopsOf(rows, tileHeight);
        (int Roi, string Text, float X, float Y)[] legend = Legend([.. rois.Select(roi => (roi.Roi, roi.Name)).Distinct().OrderBy(roi => roi.Roi)], width, tops[^1]);
        float bottom = legend.Select(entry => entry.Y + LineHeight).DefaultIfEmpty(tops[^1]).Max() + Margin;
        using var surface = SKSurface.Create(new SKImageInfo(width, (int)bottom, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows[row].Length; column++)
            {
                DrawTile(surface.Canvas, rows[row][column], new SKPoint(Margin + (column * (_side + Gap)), tops[row]));
            }
        }

        DrawLegend(surface.Canvas, legend);
        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>Returns the height of a slice.</summary>
    /// <param name="slice">The slice.</param>
    public int HeightOf(PicturedSlice slice) => _picture.SizeOf(slice).Height;

    /// <inheritdoc/>
    public void Dispose()
    {
        _picture.Dispose();
        _font.Dispose();
        _typeface.Dispose();
    }

    // The top of each row, and that of what follows the last one.
    private int[] TopsOf(IReadOnlyList<(SegmentedSlice Slice, PicturedSlice Drawn)[]> rows, int tileHeight)
    {
        var tops = new List<int> { Margin };
        foreach ((SegmentedSlice Slice, PicturedSlice Drawn)[] row in rows)
        {
            tops.Add(tops[^1] + LineHeight + (tileHeight > 0 ? tileHeight : row.Max(slice => HeightOf(slice.Drawn))) + Gap);
        }

        return [.. tops];
    }

    private void DrawTile(SKCanvas canvas, (SegmentedSlice Slice, PicturedSlice Drawn) slice, SKPoint corner)
    {
        using var ink = new SKPaint { Color = s_ink, IsAntialias = true };
        string caption = MiddleEllipsis.Shorten(slice.Slice.Name, text => _font.MeasureText(text) <= _side);
        canvas.DrawText(caption, corner.X, corner.Y + TextHeight, SKTextAlign.Left, _font, ink);
        SKSizeI size = _picture.SizeOf(slice.Drawn);
        _picture.Draw(canvas, slice.Drawn, SKRect.Create(corner.X + ((_side - size.Width) / 2), corner.Y + LineHeight, size.Width, size.Height));
    }

    private (int Roi, string Text, float X, float Y)[] Legend((int Roi, string Name)[] rois, int width, float top)
    {
        var entries = new List<(int, string, float, float)>();
        (float x, float y) = (Margin, top);
        foreach ((int roi, string name) in rois)
        {
            string text = MiddleEllipsis.Shorten(name, shorter => _font.MeasureText(shorter) <= width - (2 * Margin) - (2 * Swatch));
            float length = Swatch + 8 + _font.MeasureText(text);
            if (x > Margin && x + length > width - Margin)
            {
                (x, y) = (Margin, y + LineHeight);
            }

            entries.Add((roi, text, x, y));
            x += length + 24;
        }

        return [.. entries];
    }

    private void DrawLegend(SKCanvas canvas, (int Roi, string Text, float X, float Y)[] legend)
    {
        using var ink = new SKPaint { Color = s_ink, IsAntialias = true };
        foreach ((int roi, string text, float x, float y) in legend)
        {
            RgbColor color = RoiPalette.ColorOf(roi);
            using var fill = new SKPaint { Color = new SKColor(color.Red, color.Green, color.Blue) };
            canvas.DrawRect(x, y + ((LineHeight - Swatch) / 2f), Swatch, Swatch, fill);
            canvas.DrawText(text, x + Swatch + 8, y + (LineHeight / 2f) + (TextHeight * 0.36f), SKTextAlign.Left, _font, ink);
        }
    }
}
