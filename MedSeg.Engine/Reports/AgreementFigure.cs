using MedSeg.Agreement;
using MedSeg.Comparison;
using MedSeg.Errors;
using MedSeg.Options;
using SkiaSharp;

namespace MedSeg.Reports;

/// <summary>Draws the agreement of two raters for a paper: Bland–Altman plots, areas with the line of identity, or Dice scores.</summary>
public static class AgreementFigure
{
    private const float Gap = 10;
    private const float Radius = 2.1f;
    private const float HeightOfPanel = 0.72f;
    private const float HeightOfDice = 0.5f;
    private const double WidestInterval = 2;

    /// <summary>Draws a figure.</summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="slices">The scores of slices, of any number of ROIs and pairs of raters.</param>
    /// <param name="options">The content and size; null for the defaults.</param>
    /// <param name="isSvg">Whether to write SVG, not PNG.</param>
    /// <exception cref="MedSegException">No slice has the ROIs (<c>EmptyPlot</c>), an option is out of range, or no font is installed (<c>NoFont</c>).</exception>
    public static void Write(Stream stream, IReadOnlyList<MaskScore> slices, AgreementFigureOptions? options = null, bool isSvg = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(slices);
        options ??= new AgreementFigureOptions();
        OptionRanges.Require(options);
        MaskScore[][] groups = [.. slices.Where(s => s.PixelsA > 0 || s.PixelsB > 0).GroupBy(s => (s.RaterA, s.RaterB, s.Roi)).OrderBy(g => g.Key.Roi).Select(g => g.ToArray())];
        if (groups.Length == 0)
        {
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.EmptyPlot, "No slice has an ROI, so there is nothing to draw.") { Advice = "Give the scores of slices: Compare-MedSegMask ./rater1 ./rater2 -BySlice" };
        }

        int columns = options.Kind == AgreementFigureKind.Dice ? 1 : groups.Length is 1 or 2 or 4 ? Math.Min(2, groups.Length) : 3;
        int rows = options.Kind == AgreementFigureKind.Dice ? 1 : (groups.Length + columns - 1) / columns;
        float width = (float)options.Width * FigureSurface.PointsPerMillimetre;
        float panel = (width - (Gap * (columns - 1))) / columns;
        float height = options.Kind switch { AgreementFigureKind.Dice => HeightOfDice * width, AgreementFigureKind.Identity => panel, _ => HeightOfPanel * panel };
        var size = new SKSize(width, (rows * height) + ((rows - 1) * Gap));
        void Draw(SKCanvas canvas)
        {
            using var pen = new FigurePen(canvas, (float)options.FontSize);
            if (options.Kind == AgreementFigureKind.Dice)
            {
                DicePanel.Draw(pen, SKRect.Create(size), groups);
                return;
            }

            bool isNamed = groups.Select(g => (g[0].RaterA, g[0].RaterB)).Distinct().Count() > 1;
            for (int i = 0; i < groups.Length; i++)
            {
                var place = SKRect.Create(i % columns * (panel + Gap), i / columns * (height + Gap), panel, height);
                string title = isNamed ? $"{groups[i][0].Name}: {groups[i][0].RaterA}, {groups[i][0].RaterB}" : groups[i][0].Name;
                DrawPanel(pen, place, groups[i], title, options.Kind);
            }
        }

        FigureSurface.Write(stream, size, options.Dpi, isSvg, Draw);
    }

    private static void DrawPanel(FigurePen pen, SKRect place, MaskScore[] slices, string title, AgreementFigureKind kind)
    {
        MeasuredPair[] pairs = [.. slices.Select(s => new MeasuredPair(s.Patient, s.AreaA, s.AreaB))];
        string unit = slices[0].Unit == "mm" ? "mm²" : "pixels";
        if (kind == AgreementFigureKind.Identity)
        {
            DrawIdentity(pen, place, pairs, (title, $"{slices[0].RaterA} ({unit})", $"{slices[0].RaterB} ({unit})"), FigurePen.ColorOf(slices[0].Roi));
        }
        else
        {
            DrawBlandAltman(pen, place, pairs, (title, $"Mean of both areas ({unit})", $"{slices[0].RaterB} − {slices[0].RaterA} ({unit})"), FigurePen.ColorOf(slices[0].Roi));
        }
    }

    private static void DrawBlandAltman(FigurePen pen, SKRect place, MeasuredPair[] pairs, (string, string, string) labels, SKColor color)
    {
        var limits = BlandAltman.Of(pairs);
        FigureLevel[] levels =
        [
            .. Level("+1.96 SD", limits.UpperLimit, isDashed: true),
            .. Level("Bias", limits.Bias, isDashed: false),
            .. Level("−1.96 SD", limits.LowerLimit, isDashed: true),
        ];

        // With few patients an interval can be so wide that the points would be squeezed together.
        double widest = WidestInterval * (limits.Deviation ?? 0);
        IEnumerable<double> ends = levels.SelectMany(level => new[] { level.Low, level.High }.OfType<double>().Where(end => Math.Abs(end - level.Value) <= widest));
        var x = FigureAxis.Around([.. pairs.Select(p => p.Mean)], 5);
        var y = FigureAxis.Around([.. pairs.Select(p => p.Difference), 0, .. levels.Select(level => level.Value), .. ends], 6);
        var panel = new FigurePanel(pen, place, x, y, labels, pen.Measure("+1.96 SD") + 4);
        SKPoint zero = panel.At(x.Low, 0);
        pen.Line(zero.X, zero.Y, panel.Data.Right, zero.Y, FigurePen.Muted, 0.6f);
        panel.Levels(levels);
        foreach (MeasuredPair pair in pairs)
        {
            pen.Point(panel.At(pair.Mean, pair.Difference), color, Radius * pen.Size / 8);
        }
    }

    private static void DrawIdentity(FigurePen pen, SKRect place, MeasuredPair[] pairs, (string, string, string) labels, SKColor color)
    {
        var axis = FigureAxis.Around([.. pairs.SelectMany(p => new[] { p.First, p.Second })], 6);
        var panel = new FigurePanel(pen, place, axis, axis, labels, 6);
        SKPoint start = panel.At(axis.Low, axis.Low);
        SKPoint end = panel.At(axis.High, axis.High);
        pen.Line(start.X, start.Y, end.X, end.Y, FigurePen.Muted, 0.8f, isDashed: true);
        foreach (MeasuredPair pair in pairs)
        {
            pen.Point(panel.At(pair.First, pair.Second), color, Radius * pen.Size / 8);
        }

        MeasuredPair[] patients = MeasuredPair.BySubject(pairs);
        if (IntraclassCorrelation.Of([.. patients.Select(p => new[] { p.First, p.Second })]) is { } icc)
        {
            pen.Text($"ICC(2,1) {FigureAxis.Text(icc.Agreement.Value, 3)}", panel.Data.Right - 2, panel.Data.Bottom - (1.7f * pen.Size), SKTextAlign.Right);
            pen.Text($"n = {patients.Length}{(patients.Length < pairs.Length ? $" ({pairs.Length} slices)" : "")}", panel.Data.Right - 2, panel.Data.Bottom - (0.5f * pen.Size), SKTextAlign.Right, FigurePen.Muted);
        }
    }

    private static FigureLevel[] Level(string name, Estimate? at, bool isDashed) =>
        at is { } value ? [new FigureLevel(name, value.Value, value.Low, value.High, isDashed)] : [];
}
