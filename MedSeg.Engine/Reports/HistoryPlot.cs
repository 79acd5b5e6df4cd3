using MedSeg.Errors;
using MedSeg.Network.Losses;
using MedSeg.Pictures;
using MedSeg.Training;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Draws the learning curves of a training run.</summary>
public static class HistoryPlot
{
    /// <summary>The largest number of ROIs that the legend lists one by one.</summary>
    internal const int MostNamedRois = 15;

    private const double LargestDiceLoss = 2;
    private const int FewPoints = 40;
    private const int LongestRoiName = 26;

    /// <summary>The fraction of the width for the loss; the Dice panel also has the legend.</summary>
    private const double LossShare = 0.42;

    /// <summary>
    /// Draws two panels, side by side, or one above the other if the picture is higher than wide: the training loss, and the Dice scores
    /// (training mean, validation mean, and each ROI in validation).
    /// </summary>
    /// <param name="png">The stream to write the PNG to; it stays open.</param>
    /// <param name="records">The epochs, at least one, in any order. Validation lines connect the epochs that were validated.</param>
    /// <param name="options">The size and the title; null for 1600×700 pixels without a title.</param>
    /// <exception cref="MedSegException">There is no epoch (<c>EmptyHistory</c>), the size is out of range (<c>PlotSizeOutOfRange</c>) or no font is installed (<c>NoFont</c>).</exception>
    public static void Write(Stream png, IReadOnlyList<EpochRecord> records, HistoryPlotOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(records);
        options ??= new HistoryPlotOptions();
        options.Validate();
        if (records.Count == 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.EmptyHistory, "The history contains no epochs, so there is nothing to draw.");
        }

        EpochRecord[] epochs = [.. records.OrderBy(record => record.Epoch)];
        HistoryPlotStyle style = HistoryPlotStyle.For(ReportFont.Family(), options);
        using var surface = SKSurface.Create(new SKImageInfo(options.Width, options.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(SKColors.White);
        int top = DrawTitle(surface.Canvas, options, style);
        (SKRectI left, SKRectI right) = Divide(new SKRectI(0, top, options.Width, options.Height), style);
        using (Plot loss = LossPanel(epochs, style))
        {
            DrawPanel(surface.Canvas, loss, left, style);
        }

        using (Plot dice = DicePanel(epochs, style))
        {
            DrawPanel(surface.Canvas, dice, right, style);
        }

        using SKImage image = surface.Snapshot();
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(png);
    }

    private static int DrawTitle(SKCanvas canvas, HistoryPlotOptions options, HistoryPlotStyle style)
    {
        if (string.IsNullOrWhiteSpace(options.Title))
        {
            return 0;
        }

        using SKTypeface typeface = SKTypeface.FromFamilyName(style.Family, SKFontStyle.Bold);
        using var font = new SKFont(typeface, style.Title);
        using var paint = new SKPaint { Color = style.Ink.ToSKColor(), IsAntialias = true };
        string title = MiddleEllipsis.Shorten(options.Title.Trim(), text => font.MeasureText(text) <= options.Width * 0.95f);
        canvas.DrawText(title, options.Width / 2f, style.Title * 1.5f, SKTextAlign.Center, font, paint);
        return (int)(style.Title * 1.7f);
    }

    private static (SKRectI Loss, SKRectI Dice) Divide(SKRectI place, HistoryPlotStyle style)
    {
        if (style.IsUpright)
        {
            int middle = (place.Top + place.Bottom) / 2;
            return (new SKRectI(0, place.Top, place.Right, middle), new SKRectI(0, middle, place.Right, place.Bottom));
        }

        int divide = (int)Math.Round(place.Width * LossShare);
        return (new SKRectI(0, place.Top, divide, place.Bottom), new SKRectI(divide, place.Top, place.Right, place.Bottom));
    }

    /// <summary>Draws a panel through a surface of its own, because a plot clears the surface that it draws on.</summary>
    private static void DrawPanel(SKCanvas canvas, Plot plot, SKRectI place, HistoryPlotStyle style)
    {
        place.Inflate(-style.Padding, -style.Padding);
        using var surface = SKSurface.Create(new SKImageInfo(place.Width, place.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        plot.Render(surface.Canvas, place.Width, place.Height);
        canvas.DrawSurface(surface, place.Left, place.Top);
    }

    /// <summary>Makes the panel of the training loss.</summary>
    internal static Plot LossPanel(EpochRecord[] epochs, HistoryPlotStyle style)
    {
        Plot plot = style.Panel("Training loss", LossName(epochs));
        double largest = AddLine(plot, Points(epochs, record => record.Loss), HistoryPlotStyle.Training, style.ThickLine, style)?.Data.GetLimitsY().Max ?? 0;
        plot.Axes.SetLimitsY(0, Math.Max(LargestDiceLoss, largest * 1.05));
        if (largest <= LargestDiceLoss)
        {
            plot.Axes.Left.TickGenerator = new NumericFixedInterval(0.2);
        }

        SetEpochLimits(plot, epochs);
        return plot;
    }

    // Each loss is the sum over both stages.
    private static string LossName(EpochRecord[] epochs) => Array.Find(epochs, record => record.LossFunction is not null)?.LossFunction switch
    {
        LossFunction.Dice => "Dice loss (0 to 2)",
        LossFunction.BatchDice => "Batch Dice loss (0 to 2)",
        LossFunction.DiceCrossEntropy => "Dice loss + cross-entropy",
        LossFunction.BatchDiceCrossEntropy => "Batch Dice loss + cross-entropy",
        _ => "Loss",
    };

    /// <summary>Makes the panel of the Dice scores.</summary>
    internal static Plot DicePanel(EpochRecord[] epochs, HistoryPlotStyle style)
    {
        Plot plot = style.Panel("Dice score", "Dice score");
        IReadOnlyList<string> rois = RoiNames.Of(epochs);
        var roiLines = new List<(Scatter? Line, string Name)>();
        for (int roi = 0; roi < rois.Count; roi++)
        {
            string name = rois[roi];
            Coordinates[] points = Points(epochs, record => record.ValidationDiceByRoi?.FirstOrDefault(score => score.Name == name)?.Dice);
            roiLines.Add((AddLine(plot, points, HistoryPlotStyle.Roi(roi + 1), style.ThinLine, style), name));
        }

        Scatter? validation = AddLine(plot, Points(epochs, record => record.ValidationDice), HistoryPlotStyle.Validation, style.ThickLine, style);
        if (validation is not null)
        {
            validation.LinePattern = LinePattern.Dashed;
        }

        // The means are drawn over the ROIs and come first in the legend.
        Scatter? training = AddLine(plot, Points(epochs, record => record.Dice), HistoryPlotStyle.Training, style.ThickLine, style);
        IEnumerable<(Scatter? Line, string Name)> roiEntries = rois.Count <= MostNamedRois
            ? roiLines.Select(entry => (entry.Line, MiddleEllipsis.Shorten(entry.Name, text => text.Length <= LongestRoiName)))
            : [(roiLines.Find(entry => entry.Line is not null).Line, $"Validation, {rois.Count} ROIs")];
        style.AddLegend(plot, [(training, "Training (augmented)"), (validation, "Validation, mean"), .. roiEntries]);
        plot.Axes.SetLimitsY(0, 1);
        plot.Axes.Left.TickGenerator = new NumericFixedInterval(0.1);
        SetEpochLimits(plot, epochs);
        return plot;
    }

    private static Coordinates[] Points(EpochRecord[] epochs, Func<EpochRecord, double?> value) =>
        [.. epochs.Where(record => value(record) is double y && double.IsFinite(y)).Select(record => new Coordinates(record.Epoch, value(record)!.Value))];

    private static Scatter? AddLine(Plot plot, Coordinates[] points, Color color, float width, HistoryPlotStyle style)
    {
        if (points.Length == 0)
        {
            return null;
        }

        Scatter line = plot.Add.Scatter(points, color);
        line.LineWidth = width;
        line.MarkerShape = MarkerShape.FilledCircle;
        line.MarkerSize = points.Length <= FewPoints ? (width * 1.5f) + style.Marker : 0;
        return line;
    }

    private static void SetEpochLimits(Plot plot, EpochRecord[] epochs)
    {
        int first = epochs[0].Epoch;
        int last = epochs[^1].Epoch;
        double margin = Math.Max(0.5, (last - first) * 0.02);
        plot.Axes.SetLimitsX(first - margin, last + margin);
    }
}
