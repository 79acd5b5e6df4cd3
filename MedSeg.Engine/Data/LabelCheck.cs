using MedSeg.Imaging;

namespace MedSeg.Data;

/// <summary>Turns the values of a mask into ROI numbers, or says why that cannot be done.</summary>
/// <param name="Roi">The ROI numbers, row by row; null where a problem is an error.</param>
/// <param name="Values">The distinct values with their pixels, in ascending order; at most 256 of them.</param>
/// <param name="Problems">What was found.</param>
internal sealed record LabelCheck(byte[]? Roi, IReadOnlyList<LabelValueCount> Values, IReadOnlyList<LabelProblem> Problems)
{
    // JPEG masks: how far a grey value may lie from an ROI number's and still count as smeared by compression.
    private const float LossyTolerance = 2;
    private const double LossyShare = 0.02;

    /// <summary>Checks a mask.</summary>
    /// <param name="image">The mask.</param>
    /// <param name="roiCount">The number K of ROIs, or null to accept any.</param>
    /// <param name="path">The mask's path, for messages.</param>
    /// <returns>The ROI numbers and what was found.</returns>
    public static LabelCheck Run(LabelImage image, int? roiCount, string path)
    {
        List<LabelValueCount> values = Count(image.Values);
        var problems = new List<LabelProblem>();
        int highest = roiCount ?? 254;
        byte[] roi = new byte[image.Values.Length];
        long snapped = 0;
        for (int i = 0; i < roi.Length; i++)
        {
            float value = image.Values[i];
            float nearest = Math.Clamp(MathF.Round(value), 0, highest);
            if (nearest != value)
            {
                if (!image.IsLossy || MathF.Abs(value - nearest) > LossyTolerance)
                {
                    problems.Add(Refuse(image, values, highest, path));
                    return new LabelCheck(null, values, problems);
                }

                snapped++;
            }

            roi[i] = (byte)nearest;
        }

        if (snapped > LossyShare * roi.Length)
        {
            problems.Add(new LabelProblem("LabelSmeared", LabelSeverity.Error, $"{path}: JPEG compression changed at least {snapped} pixels, too many to be trusted. Save the mask again as PNG or .npy from its source."));
            return new LabelCheck(null, values, problems);
        }

        if (image.IsLossy)
        {
            problems.Add(new LabelProblem("LabelSnapped", LabelSeverity.Warning, $"{path}: JPEG may change label values; {snapped} pixels were set to the nearest ROI. Save masks as PNG or .npy."));
        }

        if (values is [{ Value: 0 }])
        {
            problems.Add(new LabelProblem("LabelEmpty", LabelSeverity.Warning, $"{path}: the mask holds background only."));
        }

        return new LabelCheck(roi, values, problems);
    }

    private static LabelProblem Refuse(LabelImage image, List<LabelValueCount> values, int highest, string path)
    {
        string list = string.Join(", ", values.Take(10).Select(v => v.Value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture))) + (values.Count > 10 ? ", …" : string.Empty);
        const string advice = "Save ROI numbers: 0 for background, k for ROI k.";
        if (image.IsLossy)
        {
            return new LabelProblem("LabelSmeared", LabelSeverity.Error, $"{path}: the JPEG mask holds the values {list}, too far from the ROI numbers 0 to {highest}; compression smeared it. Save the mask again as PNG or .npy from its source.");
        }

        if (values.Any(v => v.Value != MathF.Floor(v.Value)))
        {
            return new LabelProblem("LabelFraction", LabelSeverity.Error, $"{path}: the mask holds fractions ({list}). {advice}");
        }

        if (values[0].Value < 0)
        {
            return new LabelProblem("LabelNegative", LabelSeverity.Error, $"{path}: the mask holds negative values ({list}). {advice}");
        }

        return values is [{ Value: 0 }, { Value: 255 }]
            ? new LabelProblem("LabelBinaryMask", LabelSeverity.Error, $"{path}: this is a 0/255 mask of one region. {advice}")
            : new LabelProblem("LabelAboveRange", LabelSeverity.Error, $"{path}: the mask holds the values {list}, expected 0 to {highest}. {advice} Or give more names with -LabelName.");
    }

    private static List<LabelValueCount> Count(float[] values)
    {
        var counts = new Dictionary<float, long>();
        foreach (float value in values)
        {
            if (counts.TryGetValue(value, out long pixels))
            {
                counts[value] = pixels + 1;
            }
            else if (counts.Count < 256)
            {
                counts.Add(value, 1);
            }
        }

        return [.. counts.OrderBy(c => c.Key).Select(c => new LabelValueCount(c.Key, c.Value))];
    }
}
