using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Imaging;
using MedSeg.Pictures;
using ScottPlot;

namespace MedSeg.Reports;

/// <summary>Draws a Bland-Altman plot of found and labelled areas (Bland and Altman 1986).</summary>
public static class AgreementPlot
{
    private const int Width = 1000;
    private const int Height = 700;

    /// <summary>Draws a point for each slice and ROI: x is the mean of both areas, y is found minus label. Lines show the bias and ±1.96 standard deviations.</summary>
    /// <param name="png">The stream to write the PNG to; it stays open.</param>
    /// <param name="slices">The scores by slice.</param>
    /// <exception cref="MedSegException">No slice has an area (<c>EmptyPlot</c>), or no font is installed (<c>NoFont</c>).</exception>
    public static void Write(Stream png, IReadOnlyList<CaseScore> slices)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(slices);
        CaseScore[] seen = [.. slices.Where(s => s.TruthArea is not null && (s.TruthPixels > 0 || s.FoundPixels > 0))];
        if (seen.Length == 0)
        {
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.EmptyPlot, "No slice has an area in mm², so the agreement of areas cannot be drawn.") { Advice = "Export the images with Pixel Spacing (0028,0030)." };
        }

        using var plot = new Plot();
        plot.Font.Set(ReportFont.Family());
        double[] differences = Array.ConvertAll(seen, s => s.FoundArea!.Value - s.TruthArea!.Value);
        double bias = differences.Average();
        double limit = seen.Length > 1 ? 1.96 * Statistics.StandardDeviation(differences) : 0;
        foreach (IGrouping<int, CaseScore> roi in seen.GroupBy(s => s.Roi))
        {
            double[] means = [.. roi.Select(s => (s.FoundArea!.Value + s.TruthArea!.Value) / 2)];
            double[] minusLabel = [.. roi.Select(s => s.FoundArea!.Value - s.TruthArea!.Value)];
            ScottPlot.Plottables.Scatter points = plot.Add.ScatterPoints(means, minusLabel);
            points.Color = HistoryPlotStyle.Roi(roi.Key);
            points.MarkerSize = 9;
            points.LegendText = roi.First().Name;
        }

        plot.Add.HorizontalLine(bias, width: 2, color: Color.FromHex("#222222"));
        plot.Add.HorizontalLine(bias + limit, width: 2, color: Color.FromHex("#8A8A8A"), pattern: LinePattern.Dashed);
        plot.Add.HorizontalLine(bias - limit, width: 2, color: Color.FromHex("#8A8A8A"), pattern: LinePattern.Dashed);
        plot.Title(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Bias {bias:0.0} mm², limits of agreement {bias - limit:0.0} to {bias + limit:0.0} mm²"));
        plot.XLabel("Mean of both areas, mm²");
        plot.YLabel("Found − label, mm²");
        plot.ShowLegend(Edge.Right);
        png.Write(plot.GetImageBytes(Width, Height, ImageFormat.Png));
    }
}
