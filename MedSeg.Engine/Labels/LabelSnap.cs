namespace MedSeg.Labels;

/// <summary>
/// Turns the values of a label mask into ROI numbers, and refuses masks whose values do not say for certain which ROI
/// is meant.
/// </summary>
public static class LabelSnap
{
    /// <summary>The most ROIs that a mask may have, so that their numbers fit a byte.</summary>
    public const int MaximumRoiCount = 255;

    /// <summary>Checks a mask.</summary>
    /// <param name="image">The mask as its file holds it.</param>
    /// <param name="roiCount">The number of ROIs K, from 1 to 255.</param>
    /// <param name="jpegStep">
    /// The distance in grey levels between the numbers of neighbouring ROIs in JPEG masks, from 1 to 255;
    /// <see langword="null"/> (default) lets the mask itself prove it. See <see cref="LossyLabelRule"/>. It is not
    /// used for lossless files.
    /// </param>
    /// <param name="map">
    /// Which ROIs values stand for; values that it does not hold stand for themselves. With a JPEG mask it tells all the
    /// grey levels, and the step is not used.
    /// </param>
    /// <returns>
    /// The ROI numbers 0..K and the findings. Lossless files: <c>LabelFraction</c>, <c>LabelNegative</c>,
    /// <c>LabelAboveRange</c>, <c>LabelBinaryMask</c>. JPEG: <c>LabelSmeared</c>, <c>LabelBinaryMask</c>,
    /// <c>LabelAboveRange</c>, and the warnings <c>LabelSnapped</c> and <c>LabelUnverified</c>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LabelCheckResult Check(LabelImage image, int roiCount, int? jpegStep = null, LabelMapping? map = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(roiCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(roiCount, MaximumRoiCount);
        if (jpegStep is < 1 or > 255)
        {
            throw new ArgumentOutOfRangeException(nameof(jpegStep), jpegStep, "The step is a whole number from 1 to 255.");
        }

        IReadOnlyList<LabelValueCount> values = LabelHistogram.Count(image.Values);
        var problems = new List<LabelProblem>();

        IReadOnlyDictionary<float, int> mapped = image.IsMapped || map is null ? LabelMapping.None.Values : map.Values;

        // Lossy values are grey levels of 8 bits; anything else did not come from a JPEG decoder.
        if (image.IsLossy && values.All(v => v.Value is >= 0 and <= 255 && v.Value == MathF.Floor(v.Value)))
        {
            return mapped.Count > 0
                ? LossyLabelMapRule.Apply(image.Values, values, mapped, problems)
                : LossyLabelRule.Apply(image.Values, values, roiCount, jpegStep, problems);
        }

        LosslessLabelRule.Check(mapped.Count == 0 ? values : [.. values.Where(v => !mapped.ContainsKey(v.Value))], roiCount, problems);
        return new LabelCheckResult(problems.Count == 0 ? ToBytes(image.Values, mapped) : null, values, problems, 0);
    }

    private static byte[] ToBytes(float[] values, IReadOnlyDictionary<float, int> map)
    {
        byte[] roi = new byte[values.Length];
        if (map.Count > 0)
        {
            for (int i = 0; i < roi.Length; i++)
            {
                roi[i] = (byte)(map.TryGetValue(values[i], out int number) ? number : (int)values[i]);
            }

            return roi;
        }

        for (int i = 0; i < roi.Length; i++)
        {
            roi[i] = (byte)values[i];
        }

        return roi;
    }
}
