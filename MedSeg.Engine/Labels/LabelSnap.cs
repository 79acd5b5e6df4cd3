using MedSeg.Errors;

namespace MedSeg.Labels;

/// <summary>
/// Converts the values of a label mask to ROI numbers, and refuses masks whose values do not determine the ROI with
/// certainty.
/// </summary>
internal static class LabelSnap
{
    /// <summary>The largest number of ROIs of a mask: their numbers fit into a byte.</summary>
    public const int MaximumRoiCount = 255;

    /// <summary>Checks a mask.</summary>
    /// <param name="image">The mask as read from its file.</param>
    /// <param name="roiCount">The number of ROIs K, from 1 to 255.</param>
    /// <param name="jpegStep">
    /// The distance in grey levels between the numbers of neighbouring ROIs in JPEG masks, from 1 to 255;
    /// <see langword="null"/> (default) finds it from the mask itself. See <see cref="LossyLabelRule"/>. Ignored for
    /// lossless files.
    /// </param>
    /// <param name="map">
    /// Maps values to ROIs; values that are not in it are used as they are. For a JPEG mask it must list all grey
    /// levels, and the step is ignored.
    /// </param>
    /// <param name="ignoreLabel">The value of ignored pixels, which get the number 255; null for none. Values that the reader mapped are never ignored.</param>
    /// <returns>
    /// The ROI numbers 0..K and the problems found. Lossless files: <c>LabelFraction</c>, <c>LabelNegative</c>,
    /// <c>LabelAboveRange</c>, <c>LabelBinaryMask</c>, and the notice <c>LabelRounded</c>. JPEG: <c>LabelSmeared</c>, <c>LabelIgnoredJpeg</c>, <c>LabelBinaryMask</c>,
    /// <c>LabelAboveRange</c>, and the warnings <c>LabelSnapped</c> and <c>LabelUnverified</c>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LabelCheckResult Check(LabelImage image, int roiCount, int? jpegStep = null, LabelMapping? map = null, int? ignoreLabel = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(roiCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(roiCount, MaximumRoiCount);
        if (jpegStep is < 1 or > 255)
        {
            throw new ArgumentOutOfRangeException(nameof(jpegStep), jpegStep, "The step is a whole number from 1 to 255.");
        }

        var rounding = new List<LabelProblem>();
        byte[]? small = SmallLabels.TryConvert(image.Values);
        image = image.IsLossy ? image : LabelRounding.Apply(image, rounding, isWhole: small is not null);
        IReadOnlyList<LabelValueCount> values = small is null ? LabelHistogram.Count(image.Values) : SmallLabels.Histogram(small);
        var problems = new List<LabelProblem>();

        IReadOnlyDictionary<float, int> mapped = image.IsMapped || map is null ? LabelMapping.None.Values : map.Values;

        if (ignoreLabel is { } ignored && !image.IsMapped)
        {
            if (image.IsLossy)
            {
                problems.Add(new LabelProblem(ErrorIds.LabelIgnoredJpeg, LabelSeverity.Error, "The mask is a JPEG file, in which ignored pixels cannot be told from changes by compression.", 0) { Advice = LossyLabelRule.SaveLossless });
                return new LabelCheckResult(null, values, problems, 0);
            }

            mapped = new Dictionary<float, int>(mapped) { [ignored] = IgnoredPixels.Number };
        }

        // A JPEG decoder gives 8-bit grey levels; anything else did not come from one.
        if (image.IsLossy && values.All(v => v.Value is >= 0 and <= 255 && v.Value == MathF.Floor(v.Value)))
        {
            return mapped.Count > 0
                ? LossyLabelMapRule.Apply(image.Values, values, mapped, problems)
                : LossyLabelRule.Apply(image.Values, values, roiCount, jpegStep, problems);
        }

        LosslessLabelRule.Check(mapped.Count == 0 ? values : [.. values.Where(v => !mapped.ContainsKey(v.Value))], roiCount, problems);
        return new LabelCheckResult(problems.Count == 0 ? ToBytes(image.Values, small, mapped) : null, values, [.. problems, .. rounding], 0);
    }

    private static byte[] ToBytes(float[] values, byte[]? small, IReadOnlyDictionary<float, int> map)
    {
        if (small is not null)
        {
            if (map.Count > 0)
            {
                SmallLabels.Replace(small, map);
            }

            return small;
        }

        byte[] roi = new byte[values.Length];
        for (int i = 0; i < roi.Length; i++)
        {
            roi[i] = (byte)(map.TryGetValue(values[i], out int number) ? number : (int)values[i]);
        }

        return roi;
    }
}
