using MedSeg.Pictures;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>An entry of the legend.</summary>
/// <param name="Roi">The ROI, from 1.</param>
/// <param name="Text">Its name, shortened if it is long.</param>
/// <param name="X">The left edge, in pixels.</param>
/// <param name="Y">The top edge, in pixels.</param>
internal readonly record struct PreviewLegendEntry(int Roi, string Text, int X, int Y);

/// <summary>The positions of everything on the sheet, in pixels.</summary>
internal sealed class PreviewLayout
{
    /// <summary>The text height.</summary>
    public const int TextHeight = 18;

    /// <summary>The height of a line of text.</summary>
    public const int LineHeight = 30;

    /// <summary>The distance from a line's top to its baseline.</summary>
    public const int Baseline = 20;

    /// <summary>The gap between a slice and the same slice with its ROIs.</summary>
    public const int SliceGap = 4;

    /// <summary>The side of a colour swatch in the legend.</summary>
    public const int SwatchSide = 18;

    /// <summary>The gap between a swatch and its name.</summary>
    public const int SwatchGap = 8;

    private const int Margin = 24;
    private const int TileGap = 28;
    private const int EntryGap = 28;
    private const int LongestEntry = 420;

    /// <summary>The colour of text.</summary>
    public static readonly SKColor Ink = new(0x22, 0x22, 0x22);

    private readonly int _columns;

    /// <summary>Initializes a new instance of the <see cref="PreviewLayout"/> class.</summary>
    /// <param name="tiles">The slices.</param>
    /// <param name="labelNames">The names of the ROIs.</param>
    /// <param name="options">The options.</param>
    /// <param name="measure">Measures the width of a text.</param>
    public PreviewLayout(IReadOnlyList<PreviewTile> tiles, IReadOnlyList<string> labelNames, PreviewOptions options, Func<string, float> measure)
    {
        SliceSide = tiles.Max(tile => tile.Size * ((options.SmallestSide + tile.Size - 1) / tile.Size));
        TileWidth = options.IsPaired ? (2 * SliceSide) + SliceGap : SliceSide;
        _columns = Math.Min(tiles.Count, options.Columns ?? SquarestColumns(tiles.Count, options.IsPaired ? 2 : 1));
        Width = (2 * Margin) + (_columns * (TileWidth + TileGap)) - TileGap;

        int rows = (tiles.Count + _columns - 1) / _columns;
        int legendTop = Margin + (rows * (TileHeight + TileGap));
        Legend = PlaceLegend(labelNames, legendTop, measure);
        Height = Legend.Count == 0 ? legendTop - TileGap + Margin : Legend[^1].Y + LineHeight + Margin;
    }

    /// <summary>Gets the sheet's width.</summary>
    public int Width { get; }

    /// <summary>Gets the sheet's height.</summary>
    public int Height { get; }

    /// <summary>Gets the side of the largest slice as it is drawn.</summary>
    public int SliceSide { get; }

    /// <summary>Gets the width of a tile: a slice with its ROIs, next to the same slice without ROIs if paired.</summary>
    public int TileWidth { get; }

    /// <summary>Gets the entries of the legend.</summary>
    public IReadOnlyList<PreviewLegendEntry> Legend { get; }

    private int TileHeight => LineHeight + SliceSide;

    /// <summary>Gets the largest whole factor by which a slice fits its tile.</summary>
    /// <param name="tile">The slice.</param>
    /// <returns>The factor, at least 1.</returns>
    public int FactorOf(PreviewTile tile) => SliceSide / tile.Size;

    /// <summary>Gets the upper left corner of a tile, where its caption starts.</summary>
    /// <param name="index">The tile, from 0.</param>
    /// <returns>The corner.</returns>
    public SKPoint TileAt(int index) => new(
        Margin + (index % _columns * (TileWidth + TileGap)),
        Margin + (index / _columns * (TileHeight + TileGap)));

    private static int SquarestColumns(int tiles, double widthToHeight) => Math.Max(1, (int)Math.Round(Math.Sqrt(tiles / widthToHeight)));

    private List<PreviewLegendEntry> PlaceLegend(IReadOnlyList<string> names, int top, Func<string, float> measure)
    {
        int widest = Math.Min(LongestEntry, Width - (2 * Margin) - SwatchSide - SwatchGap);
        string[] texts = [.. names.Select(name => MiddleEllipsis.Shorten(name, text => measure(text) <= widest))];
        int column = SwatchSide + SwatchGap + EntryGap + (int)Math.Ceiling(texts.Select(measure).DefaultIfEmpty().Max());
        int columns = Math.Max(1, (Width - (2 * Margin) + EntryGap) / column);
        return [.. texts.Select((text, i) => new PreviewLegendEntry(i + 1, text, Margin + (i % columns * column), top + (i / columns * LineHeight)))];
    }
}
