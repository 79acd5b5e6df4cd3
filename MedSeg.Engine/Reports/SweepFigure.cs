using System.Globalization;
using MedSeg.Errors;
using MedSeg.Options;
using MedSeg.Training.Runs;
using MedSeg.Training.Sweeps;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>
/// Draws the results of a sweep as parallel coordinates (Inselberg 1985): an axis for each option and one for the validation Dice, and a line for
/// each run through its values. The better a run, the darker its line; the best one stands out, and runs that were dropped are dashed.
/// </summary>
public static class SweepFigure
{
    private const float HeightOfWidth = 0.5f;
    private const float Tick = 2.5f;
    private const float Stroke = 0.6f;
    private const float OfLine = 0.9f;
    private const float OfBest = 2;
    private const int DiceTicks = 6;
    private static readonly SKColor s_low = new(0xC6, 0xD4, 0xE6);
    private static readonly SKColor s_high = new(0x08, 0x45, 0x8C);
    private static readonly SKColor s_best = new(0xD5, 0x5E, 0x00);

    /// <summary>Draws a figure.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="runs">The runs; those that failed are left out.</param>
    /// <param name="options">The size; null for the defaults.</param>
    /// <param name="isSvg">Whether to write SVG, not PNG.</param>
    /// <exception cref="MedSegException">No run has a score (<c>EmptyPlot</c>), an option is out of range, or no font is installed (<c>NoFont</c>).</exception>
    public static void Write(Stream stream, IReadOnlyList<SweepRun> runs, FigureOptions? options = null, bool isSvg = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(runs);
        options ??= new FigureOptions();
        OptionRanges.Require(options);
        SweepRun[] scored = [.. runs.Where(run => run.ValidationDice is not null).OrderBy(run => run.State != RunState.Dropped).ThenBy(run => run.ValidationDice)];
        if (scored.Length == 0)
        {
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.EmptyPlot, "No run of the sweep has a validation Dice, so there is nothing to draw.") { Advice = "Give the runs that Invoke-MedSegSweep returns. Failed runs have no score." };
        }

        float width = (float)options.Width * FigureSurface.PointsPerMillimetre;
        var size = new SKSize(width, HeightOfWidth * width);
        void Draw(SKCanvas canvas)
        {
            using var pen = new FigurePen(canvas, (float)options.FontSize);
            DrawRuns(pen, SKRect.Create(size), scored, runs.Count - scored.Length);
        }

        FigureSurface.Write(stream, size, options.Dpi, isSvg, Draw);
    }

    // The best run is the last one: it is drawn over the others.
    private static void DrawRuns(FigurePen pen, SKRect place, SweepRun[] runs, int failed)
    {
        string[] names = [.. runs.SelectMany(run => run.Options.Keys).Distinct(StringComparer.OrdinalIgnoreCase)];
        SweepAxis[] axes = [.. names.Select(name => SweepAxis.Of(name, [.. runs.Select(run => run.Options.GetValueOrDefault(name)).OfType<object>()]))];
        double[] scores = [.. runs.Select(run => run.ValidationDice!.Value)];
        var dice = FigureAxis.Around(scores, DiceTicks);
        float size = pen.Size;
        float left = place.Left + axes[0].Ticks.Max(tick => pen.Measure(tick.Text)) + Tick + 4;
        float right = place.Right - dice.Ticks.Max(tick => pen.Measure(dice.Format(tick))) - Tick - 4;
        var data = new SKRect(left, place.Top + (2.2f * size), right, place.Bottom - (4.4f * size));
        float[] places = [.. Enumerable.Range(0, axes.Length + 1).Select(i => data.Left + (i * data.Width / axes.Length))];
        (double lowest, double span) = (scores.Min(), Math.Max(1e-9, scores.Max() - scores.Min()));
        foreach (SweepRun run in runs)
        {
            SKColor color = run == runs[^1] ? s_best : Between((run.ValidationDice!.Value - lowest) / span);
            DrawRun(pen, data, places, [.. axes.Select((axis, i) => axis.At(run.Options.GetValueOrDefault(names[i]))), dice.At(run.ValidationDice!.Value)], color, run);
        }

        float room = (data.Width / axes.Length) - 4;
        for (int i = 0; i < axes.Length; i++)
        {
            DrawAxis(pen, data, places[i], pen.Fit(axes[i].Name, room), axes[i].Ticks, isRight: false);
        }

        DrawAxis(pen, data, places[^1], "Validation Dice", [.. dice.Ticks.Select(tick => (dice.At(tick), dice.Format(tick)))], isRight: true);
        DrawNotes(pen, place, runs, failed);

        void DrawRun(FigurePen pen, SKRect data, float[] x, float?[] y, SKColor color, SweepRun run)
        {
            // A run that does not set an option has a line past its axis.
            int[] set = [.. Enumerable.Range(0, y.Length).Where(i => y[i] is not null)];
            foreach ((int from, int to) in set.Zip(set.Skip(1)))
            {
                pen.Line(x[from], data.Bottom - (y[from]!.Value * data.Height), x[to], data.Bottom - (y[to]!.Value * data.Height), color, (run == runs[^1] ? OfBest : OfLine) * size / 8, run.State == RunState.Dropped);
            }
        }
    }

    private static void DrawAxis(FigurePen pen, SKRect data, float x, string name, IReadOnlyList<(float At, string Text)> ticks, bool isRight)
    {
        float half = pen.Measure(name, isBold: true) / 2;
        SKTextAlign align = isRight ? SKTextAlign.Right : x - half < 0 ? SKTextAlign.Left : SKTextAlign.Center;
        pen.Text(name, align == SKTextAlign.Center ? x : isRight ? x + pen.Measure("0.00") : 2, data.Top - pen.Size, align, isBold: true);
        pen.Line(x, data.Top, x, data.Bottom, FigurePen.Ink, Stroke);
        foreach ((float at, string text) in ticks)
        {
            float y = data.Bottom - (at * data.Height);
            float end = isRight ? x + Tick : x - Tick;
            pen.Line(x, y, end, y, FigurePen.Ink, Stroke);
            float width = pen.Measure(text);
            pen.Fill(new SKRect(isRight ? end + 1 : end - 3 - width, y - (0.55f * pen.Size), isRight ? end + 3 + width : end - 1, y + (0.55f * pen.Size)), SKColors.White.WithAlpha(0xC0));
            pen.Text(text, isRight ? end + 2 : end - 2, y + (0.35f * pen.Size), isRight ? SKTextAlign.Left : SKTextAlign.Right);
        }
    }

    private static void DrawNotes(FigurePen pen, SKRect place, SweepRun[] runs, int failed)
    {
        float size = pen.Size;
        float bottom = place.Bottom - (0.7f * size);
        float above = bottom - (1.4f * size);
        pen.Line(place.Left + 2, above - (0.3f * size), place.Left + (2.2f * size), above - (0.3f * size), s_best, OfBest * size / 8);
        string best = string.Create(CultureInfo.InvariantCulture, $"best: {runs[^1].Name}, Dice {runs[^1].ValidationDice:0.0000}");
        pen.Text(pen.Fit(best, place.Width - (3 * size)), place.Left + (2.7f * size), above);
        int dropped = runs.Count(run => run.State == RunState.Dropped);
        string others = string.Join("; ", ((string[])
        [
            runs.Length == 1 ? "1 run" : $"{runs.Length} runs",
            .. dropped > 0 ? (string[])[$"dashed: {dropped} dropped, Dice of fewer epochs"] : [],
            .. failed > 0 ? (string[])[$"{failed} failed, not shown"] : [],
        ]));
        pen.Text(others, place.Left + (2.7f * size), bottom, color: FigurePen.Muted);
    }

    private static SKColor Between(double share) => new(Mix(s_low.Red, s_high.Red, share), Mix(s_low.Green, s_high.Green, share), Mix(s_low.Blue, s_high.Blue, share));

    private static byte Mix(byte low, byte high, double share) => (byte)Math.Round(low + ((high - low) * share));
}
