using MedSeg.Imaging;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace MedSeg.Reports;

/// <summary>Fonts, colours and line widths of the learning curves.</summary>
/// <param name="Family">The font family.</param>
/// <param name="Scale">The scale of all sizes, 1 for a picture of 1600×700 pixels.</param>
/// <param name="IsUpright">Whether the panels are one above the other.</param>
internal sealed record HistoryPlotStyle(string Family, float Scale, bool IsUpright)
{
    /// <summary>The colour of training curves.</summary>
    public static readonly Color Training = Color.FromHex("#8A8A8A");

    /// <summary>The colour of the mean over the ROIs in validation.</summary>
    public static readonly Color Validation = Color.FromHex("#000000");

    /// <summary>Gets the colour of text and axes.</summary>
    public Color Ink { get; } = Color.FromHex("#222222");

    /// <summary>Gets the text height of the title, in pixels.</summary>
    public float Title => 30 * Scale;

    /// <summary>Gets the width of the lines of means, in pixels.</summary>
    public float ThickLine => 3.5f * Scale;

    /// <summary>Gets the width of the lines of ROIs, in pixels.</summary>
    public float ThinLine => 1.75f * Scale;

    /// <summary>Gets by how much markers are wider than their line, in pixels.</summary>
    public float Marker => 4 * Scale;

    /// <summary>Gets the free space around a panel, in pixels.</summary>
    public int Padding => (int)Math.Ceiling(10 * Scale);

    /// <summary>Gets the style for a picture.</summary>
    /// <param name="family">The font family.</param>
    /// <param name="options">The picture's size.</param>
    /// <returns>The style.</returns>
    public static HistoryPlotStyle For(string family, HistoryPlotOptions options)
    {
        bool upright = options.Height > options.Width;
        float scale = upright
            ? Math.Min(options.Width / 1000f, options.Height / 1300f)
            : Math.Min(options.Width / 1600f, options.Height / 700f);
        return new HistoryPlotStyle(family, Math.Max(scale, 0.4f), upright);
    }

    /// <summary>Gets the colour of an ROI.</summary>
    /// <param name="roi">The ROI, from 1.</param>
    /// <returns>The colour.</returns>
    public static Color Roi(int roi)
    {
        RgbColor color = RoiPalette.ColorOf(roi);
        return new Color(color.Red, color.Green, color.Blue);
    }

    /// <summary>Makes an empty panel with whole epochs on its horizontal axis.</summary>
    /// <param name="title">What the panel shows.</param>
    /// <param name="vertical">The vertical axis and its unit.</param>
    /// <returns>The panel.</returns>
    public Plot Panel(string title, string vertical)
    {
        var plot = new Plot { ScaleFactor = 1 };
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Axes.Color(Ink);
        plot.Grid.MajorLineColor = Color.FromHex("#E4E4E4");
        plot.Grid.MajorLineWidth = Math.Max(1, Scale);
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Right.TickLabelStyle.IsVisible = false;
        plot.Axes.Right.TickGenerator = new EmptyTickGenerator();

        // Half of the last tick label extends to the right of the data.
        plot.Axes.Right.MinimumSize = 28 * Scale;
        plot.Axes.Top.IsVisible = false;

        plot.Title(title, 26 * Scale);
        plot.XLabel("Epoch", 22 * Scale);
        plot.YLabel(vertical, 22 * Scale);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true };
        plot.Axes.Bottom.TickLabelStyle.FontSize = 19 * Scale;
        plot.Axes.Left.TickLabelStyle.FontSize = 19 * Scale;
        plot.Font.Set(Family);
        return plot;
    }

    /// <summary>Puts the legend to the right of the data.</summary>
    /// <param name="plot">The panel.</param>
    /// <param name="entries">The lines and their names, in order; those without a line are left out.</param>
    public void AddLegend(Plot plot, IEnumerable<(Scatter? Line, string Name)> entries)
    {
        plot.Legend.FontName = Family;
        plot.Legend.FontSize = 18 * Scale;
        plot.Legend.FontColor = Ink;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.SymbolWidth = 34 * Scale;
        plot.Legend.InterItemPadding = new PixelPadding(10 * Scale, 7 * Scale);
        foreach ((Scatter? line, string name) in entries)
        {
            if (line is not null)
            {
                plot.Legend.ManualItems.Add(new LegendItem { LabelText = name, LineStyle = line.LineStyle, MarkerStyle = line.MarkerStyle });
            }
        }

        plot.ShowLegend(Edge.Right);
    }
}
