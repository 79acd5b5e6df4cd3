using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Pictures;
using MedSeg.Threading;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Lays out slices in rows, each under its name, above a legend of the ROIs.</summary>
internal sealed class SliceSheet : IDisposable
{
    private const int Margin = 24;
    private const int Gap = 16;
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
        _font = new SKFont(_typeface, RoiLegend.TextHeight);
    }

    /// <summary>Refuses a sheet that would be too large.</summary>
    /// <param name="columns">The number of slices in a row.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="count">The number of slices.</param>
    /// <exception cref="MedSegException"><c>PreviewTooLarge</c>.</exception>
    public void RequireSize(int columns, int rows, int count)
    {
        if (Math.Max(columns, rows) * (_side + RoiLegend.LineHeight + Gap) > LargestSide - (8 * Margin))
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
        var legend = new RoiLegend(_font, rois.Select(roi => (roi.Roi, roi.Name)).Distinct().OrderBy(roi => roi.Roi), width, Margin, tops[^1]);
        using var surface = SKSurface.Create(new SKImageInfo(width, (int)legend.Bottom + Margin, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int column = 0; column < rows[row].Length; column++)
            {
                DrawTile(surface.Canvas, rows[row][column], new SKPoint(Margin + (column * (_side + Gap)), tops[row]));
            }
        }

        legend.Draw(surface.Canvas);
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
            tops.Add(tops[^1] + RoiLegend.LineHeight + (tileHeight > 0 ? tileHeight : row.Max(slice => HeightOf(slice.Drawn))) + Gap);
        }

        return [.. tops];
    }

    private void DrawTile(SKCanvas canvas, (SegmentedSlice Slice, PicturedSlice Drawn) slice, SKPoint corner)
    {
        using var ink = new SKPaint { Color = s_ink, IsAntialias = true };
        string caption = MiddleEllipsis.Shorten(slice.Slice.Name, text => _font.MeasureText(text) <= _side);
        canvas.DrawText(caption, corner.X, corner.Y + RoiLegend.TextHeight, SKTextAlign.Left, _font, ink);
        SKSizeI size = _picture.SizeOf(slice.Drawn);
        _picture.Draw(canvas, slice.Drawn, SKRect.Create(corner.X + ((_side - size.Width) / 2), corner.Y + RoiLegend.LineHeight, size.Width, size.Height));
    }
}
