namespace MedSeg.Metrics;

/// <summary>The numbers of pixels of an ROI in two masks.</summary>
/// <param name="Both">The pixels in both masks.</param>
/// <param name="Truth">The pixels in the label mask.</param>
/// <param name="Found">The pixels in the found mask.</param>
internal readonly record struct OverlapCounts(long Both, long Truth, long Found)
{
    /// <summary>Gets 2 · Both / (Truth + Found); null where neither mask has the ROI.</summary>
    public double? Dice => Ratio(2 * Both, Truth + Found);

    /// <summary>Gets Both / (Truth + Found − Both); null where neither mask has the ROI.</summary>
    public double? Iou => Ratio(Both, Truth + Found - Both);

    /// <summary>Gets Both / Found; null where nothing was found.</summary>
    public double? Precision => Ratio(Both, Found);

    /// <summary>Gets Both / Truth; null where the label mask does not have the ROI.</summary>
    public double? Recall => Ratio(Both, Truth);

    public static OverlapCounts operator +(OverlapCounts a, OverlapCounts b) => new(a.Both + b.Both, a.Truth + b.Truth, a.Found + b.Found);

    /// <summary>Counts the pixels of all ROIs.</summary>
    /// <param name="truth">The ROI numbers of the label mask.</param>
    /// <param name="found">The ROI numbers that were found, of the same pixels.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>The counts of the ROIs 1 to K.</returns>
    public static OverlapCounts[] Of(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> found, int roiCount)
    {
        Span<long> both = stackalloc long[byte.MaxValue + 1];
        Span<long> right = stackalloc long[byte.MaxValue + 1];
        Span<long> seen = stackalloc long[byte.MaxValue + 1];
        both.Clear();
        right.Clear();
        seen.Clear();
        for (int i = 0; i < truth.Length; i++)
        {
            right[truth[i]]++;
            seen[found[i]]++;
            both[truth[i]] += truth[i] == found[i] ? 1 : 0;
        }

        var counts = new OverlapCounts[roiCount];
        for (int roi = 1; roi <= roiCount; roi++)
        {
            counts[roi - 1] = new OverlapCounts(both[roi], right[roi], seen[roi]);
        }

        return counts;
    }

    private static double? Ratio(long part, long whole) => whole > 0 ? (double)part / whole : null;
}
