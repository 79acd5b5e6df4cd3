using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>
/// Checks JPEG masks whose grey levels the user listed (<see cref="LabelMapping.Values"/>): these and 0 are the levels.
/// They must be at least 8 apart, and each pixel must be within a quarter of the smallest distance of a level, and
/// within 10 grey levels, as in <see cref="LossyLabelRule"/>.
/// </summary>
internal static class LossyLabelMapRule
{
    private const double GreatestTolerance = 10;

    /// <summary>Converts grey levels to ROI numbers.</summary>
    /// <param name="pixels">The grey level of each pixel, 0 to 255.</param>
    /// <param name="values">The grey levels that occur.</param>
    /// <param name="map">The ROI number of each level; 0 is background unless it is listed.</param>
    /// <param name="problems">Receives the problems found.</param>
    /// <returns>The result of the check.</returns>
    public static LabelCheckResult Apply(
        float[] pixels, IReadOnlyList<LabelValueCount> values, IReadOnlyDictionary<float, int> map, List<LabelProblem> problems)
    {
        float[] levels = [.. map.Keys.Append(0).Distinct().Order()];
        double least = double.PositiveInfinity;
        for (int i = 1; i < levels.Length; i++)
        {
            least = Math.Min(least, levels[i] - levels[i - 1]);
        }

        double tolerance = Math.Min(least / 4, GreatestTolerance);
        List<LabelValueCount> beyond = [.. values.Where(v => Math.Abs(v.Value - Nearest(levels, v.Value)) > tolerance)];
        if (least < LossyLabelRule.SmallestSafeStep || beyond.Count > 0)
        {
            string found = beyond.Count > 0
                ? $"it has grey levels that are not close to those of -LabelMap ({string.Join(", ", levels)}): {LosslessLabelRule.List(beyond)}"
                : $"the grey levels of -LabelMap ({string.Join(", ", levels)}) are less than {LossyLabelRule.SmallestSafeStep} apart";
            long affected = beyond.Count > 0 ? beyond.Sum(v => v.Pixels) : pixels.Length;
            problems.Add(LossyLabelRule.Smeared(found, affected));
            return new LabelCheckResult(null, values, problems, 0);
        }

        long snapped = values.Where(v => v.Value != Nearest(levels, v.Value)).Sum(v => v.Pixels);
        string message = string.Create(
            CultureInfo.InvariantCulture, $"The mask is a JPEG: {snapped:N0} pixels changed by compression were set to the nearest grey level of -LabelMap.");
        problems.Add(new LabelProblem(ErrorIds.LabelSnapped, LabelSeverity.Warning, message, snapped) { Advice = LossyLabelRule.SaveLossless });
        byte[] roi = Array.ConvertAll(pixels, pixel => (byte)map.GetValueOrDefault(Nearest(levels, pixel), 0));
        return new LabelCheckResult(roi, values, problems, snapped);
    }

    private static float Nearest(float[] levels, float value)
    {
        float nearest = levels[0];
        foreach (float level in levels)
        {
            if (Math.Abs(level - value) < Math.Abs(nearest - value))
            {
                nearest = level;
            }
        }

        return nearest;
    }
}
