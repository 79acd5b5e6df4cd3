using System.Globalization;

namespace MedSeg.Labels;

/// <summary>
/// The rule for JPEG masks whose grey levels the user has told (<see cref="LabelMapping.Values"/>): these and 0 are the
/// levels, they must lie 8 or more apart, and each pixel must lie within a quarter of the least distance of one, and
/// within 10 grey levels, as in <see cref="LossyLabelRule"/>.
/// </summary>
internal static class LossyLabelMapRule
{
    private const double GreatestTolerance = 10;

    /// <summary>Turns grey levels into ROI numbers.</summary>
    /// <param name="pixels">The grey level of each pixel, 0 to 255.</param>
    /// <param name="values">The grey levels that occur.</param>
    /// <param name="map">The ROI number of each level; 0 is background where it is not in it.</param>
    /// <param name="problems">Receives the findings.</param>
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
                ? $"grey levels that are not near those of -LabelMap ({string.Join(", ", levels)}) occur: {LosslessLabelRule.List(beyond)}"
                : $"the grey levels of -LabelMap ({string.Join(", ", levels)}) lie less than {LossyLabelRule.SmallestSafeStep} apart";
            long concerned = beyond.Count > 0 ? beyond.Sum(v => v.Pixels) : pixels.Length;
            problems.Add(new LabelProblem("LabelSmeared", LabelSeverity.Error, $"JPEG compression changes the values of pixels near edges, and here ROIs can no longer be told from such changes: {found}. Save the mask anew as PNG or .npy from where it was drawn.", concerned));
            return new LabelCheckResult(null, values, problems, 0);
        }

        long snapped = values.Where(v => v.Value != Nearest(levels, v.Value)).Sum(v => v.Pixels);
        string message = string.Create(CultureInfo.InvariantCulture, $"the mask is a JPEG: {snapped:N0} pixels changed by compression were put to the nearest grey level of -LabelMap. Save masks as PNG or .npy.");
        problems.Add(new LabelProblem("LabelSnapped", LabelSeverity.Warning, message, snapped));
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
