using MedSeg.Models;

namespace MedSeg.Evaluation;

/// <summary>Finds which components of an ROI to remove: those that are small, all but the largest, or none.</summary>
internal static class RemovalSearch
{
    // Scores that differ by less are the same, apart from rounding.
    private const double Same = 1e-9;
    private static readonly double[] s_steps = [1, 1.5, 2, 3, 5, 7];

    /// <summary>Finds the rule of an ROI. A rule that helps as much as another one is not added to it.</summary>
    /// <param name="slices">The ROI in each held-out slice.</param>
    /// <param name="margin">The smallest gain of the mean Dice for which a rule is kept.</param>
    /// <returns>The rule; without filling of holes.</returns>
    public static RoiPostProcessing Find(IReadOnlyList<HeldOutRoi> slices, double margin)
    {
        string[] groups = [.. slices.Select(s => s.Group)];
        RoiPostProcessing found = RoiPostProcessing.None;

        // The largest component comes second, because it is the rule that does damage where an ROI can have two parts.
        Try(found with { MinimumArea = BestArea(slices, found) });
        Try(new RoiPostProcessing { LargestComponent = true });
        Try(found with { LargestComponent = true, MinimumArea = BestArea(slices, found with { LargestComponent = true }) });
        return found;

        void Try(RoiPostProcessing rule)
        {
            if (rule != found && DiceGain.IsReal(groups, Scores(slices, found), Scores(slices, rule), margin))
            {
                found = rule;
            }
        }
    }

    /// <summary>Finds the area below which removing components gives the best mean Dice; the middle of all areas that do.</summary>
    private static double BestArea(IReadOnlyList<HeldOutRoi> slices, RoiPostProcessing rule)
    {
        double[] areas = [.. Areas(slices)];
        double[] scores = Array.ConvertAll(areas, area => Mean(Scores(slices, rule with { MinimumArea = area })));
        double best = scores.Append(double.NegativeInfinity).Max();
        int first = Array.FindIndex(scores, score => score >= best - Same);
        if (first < 0)
        {
            return 0;
        }

        int last = Array.FindIndex(scores, first, score => !(score >= best - Same)) is var end and >= 0 ? end - 1 : scores.Length - 1;
        return areas[(first + last) / 2];
    }

    // Round numbers, as far as there are components; none where an image does not say how large its pixels are.
    private static IEnumerable<double> Areas(IReadOnlyList<HeldOutRoi> slices)
    {
        double[] found = [.. slices.SelectMany(s => s.Components.Select(c => c.Pixels * (s.PixelArea ?? double.NaN)))];
        if (found.Length == 0 || found.Any(double.IsNaN))
        {
            yield break;
        }

        (double smallest, double largest) = (found.Min(), found.Max());
        for (double decade = Math.Pow(10, Math.Floor(Math.Log10(smallest))); decade <= largest; decade *= 10)
        {
            foreach (double area in s_steps.Select(step => Math.Round(step * decade, 6)).Where(area => area > smallest && area <= largest))
            {
                yield return area;
            }
        }
    }

    private static double?[] Scores(IReadOnlyList<HeldOutRoi> slices, RoiPostProcessing rule) => [.. slices.Select(s => s.Dice(rule))];

    private static double Mean(double?[] scores) => scores.Average() ?? double.NegativeInfinity;
}
