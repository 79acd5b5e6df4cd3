using MedSeg.Comparison;
using MedSeg.Imaging;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Draws the Dice scores of slices by ROI: a point for each slice beside a box from the first to the third quartile, with the median.</summary>
internal static class DicePanel
{
    private const double BoxWidth = 0.24;
    private const double StripWidth = 0.3;

    /// <summary>Draws the panel.</summary>
    /// <param name="pen">Draws.</param>
    /// <param name="place">The panel's place.</param>
    /// <param name="groups">The slices of each ROI and pair of raters.</param>
    public static void Draw(FigurePen pen, SKRect place, MaskScore[][] groups)
    {
        double[][] scores = [.. groups.Select(group => group.Select(s => s.Dice).OfType<double>().Order().ToArray())];
        double low = Math.Floor(20 * Math.Min(0.9, scores.SelectMany(s => s).Min())) / 20;
        var x = FigureAxis.Between(0, groups.Length, groups.Length);
        var y = FigureAxis.Between(low, 1.0, 5);
        var panel = new FigurePanel(pen, place, x, y, ("", "", "Dice"), 4);
        float room = panel.Data.Width / groups.Length;
        bool isNamed = groups.Select(g => (g[0].RaterA, g[0].RaterB)).Distinct().Count() > 1;
        for (int i = 0; i < groups.Length; i++)
        {
            SKColor color = FigurePen.ColorOf(groups[i][0].Roi);
            DrawBox(pen, panel, scores[i], i + 0.35, color);
            for (int j = 0; j < scores[i].Length; j++)
            {
                // Points side by side, in an order that looks random and is the same each time.
                double aside = ((j * 0.618034) % 1) - 0.5;
                pen.Point(panel.At(i + 0.68 + (StripWidth * aside), scores[i][j]), color, 1.7f * pen.Size / 8);
            }

            float middle = panel.At(i + 0.5, low).X;
            pen.Text(pen.Fit(groups[i][0].Name, room - 4), middle, panel.Data.Bottom + (1.4f * pen.Size), SKTextAlign.Center);
            if (isNamed)
            {
                pen.Text(pen.Fit($"{groups[i][0].RaterA}, {groups[i][0].RaterB}", room - 4), middle, panel.Data.Bottom + (2.6f * pen.Size), SKTextAlign.Center, FigurePen.Muted);
            }
        }
    }

    private static void DrawBox(FigurePen pen, FigurePanel panel, double[] sorted, double at, SKColor color)
    {
        double first = Statistics.PercentileOfSorted<double>(sorted, 0.25);
        double median = Statistics.PercentileOfSorted<double>(sorted, 0.5);
        double third = Statistics.PercentileOfSorted<double>(sorted, 0.75);

        // Whiskers reach to the last point within 1.5 quartile ranges of the box (Tukey 1977).
        double least = sorted.First(v => v >= first - (1.5 * (third - first)));
        double greatest = sorted.Last(v => v <= third + (1.5 * (third - first)));
        SKPoint top = panel.At(at - (BoxWidth / 2), third);
        SKPoint bottom = panel.At(at + (BoxWidth / 2), first);
        float middle = panel.At(at, median).X;
        pen.Line(middle, panel.At(at, greatest).Y, middle, top.Y, FigurePen.Ink, 0.7f);
        pen.Line(middle, bottom.Y, middle, panel.At(at, least).Y, FigurePen.Ink, 0.7f);
        var box = new SKRect(top.X, top.Y, bottom.X, bottom.Y);
        pen.Fill(box, color.WithAlpha(0x60));
        pen.Outline(box, FigurePen.Ink, 0.7f);
        float line = panel.At(at, median).Y;
        pen.Line(box.Left, line, box.Right, line, FigurePen.Ink, 1.4f);
    }
}
