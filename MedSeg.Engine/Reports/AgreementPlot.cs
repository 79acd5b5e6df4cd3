using MedSeg.Errors;
using MedSeg.Evaluation;
using ScottPlot;

namespace MedSeg.Reports;

/// <summary>Draws how the areas that were found agree with those that are right (Bland and Altman 1986).</summary>
public static class AgreementPlot
{
    private const int Width = 1000;
    private const int Height = 700;

    /// <summary>Draws a point for each slice and ROI: the mean of both areas across, found less right up; lines at the bias and at 1.96 standard deviations.</summary>
    /// <param name="png">Takes the PNG.</param>
    /// <param name="slices">The scores by slice.</param>
    /// <exception cref="MedSegException">No slice has areas (<c>EmptyPlot</c>), or no font is installed (<c>NoFont</c>).</exception>
    public static void Write(Stream png, IReadOnlyList<CaseScore> slices)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(slices);
        CaseScore[] seen = [.. slices.Where(s => s.TruthArea is not null && (s.TruthPixels > 0 || s.FoundPixels > 0))];
        if (seen.Length == 0)
        {
            throw new MedSegException(ErrorKind.InvalidData, "EmptyPlot", "No slice has areas, so their agreement cannot be drawn. The files must state Pixel Spacing (0028,0030).");
        }

        using var plot = new Plot();
        plot.Font.Set(ReportFont.Family());
        double[] differences = Array.ConvertAll(seen, s => s.FoundArea!.Value - s.TruthArea!.Value);
        double bias = differences.Average();
        double limit = seen.Length > 1 ? 1.96 * Math.Sqrt(differences.Sum(d => (d - bias) * (d - bias)) / (seen.Length - 1)) : 0;
        foreach (IGrouping<int, CaseScore> roi in seen.GroupBy(s => s.Roi))
        {
            double[] means = [.. roi.Select(s => (s.FoundArea!.Value + s.TruthArea!.Value) / 2)];
            double[] lessRight = [.. roi.Select(s => s.FoundArea!.Value - s.TruthArea!.Value)];
            ScottPlot.Plottables.Scatter points = plot.Add.ScatterPoints(means, lessRight);
            points.Color = HistoryPlotStyle.Roi(roi.Key);
            points.MarkerSize = 9;
            points.LegendText = roi.First().Name;
        }

        plot.Add.HorizontalLine(bias, width: 2, color: Color.FromHex("#222222"));
        plot.Add.HorizontalLine(bias + limit, width: 2, color: Color.FromHex("#8A8A8A"), pattern: LinePattern.Dashed);
        plot.Add.HorizontalLine(bias - limit, width: 2, color: Color.FromHex("#8A8A8A"), pattern: LinePattern.Dashed);
        plot.Title(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Bias {bias:0.0} mm², limits of agreement {bias - limit:0.0} to {bias + limit:0.0} mm²"));
        plot.XLabel("Mean of both areas, mm²");
        plot.YLabel("Found less right, mm²");
        plot.ShowLegend(Edge.Right);
        png.Write(plot.GetImageBytes(Width, Height, ImageFormat.Png));
    }
}
