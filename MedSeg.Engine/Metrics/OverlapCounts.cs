namespace MedSeg.Metrics;

/// <summary>The pixels of an ROI in two masks.</summary>
/// <param name="Both">Those in both.</param>
/// <param name="Truth">Those in the mask that is right.</param>
/// <param name="Found">Those in the mask that was found.</param>
internal readonly record struct OverlapCounts(long Both, long Truth, long Found)
{
    /// <summary>Gets twice both by the sum; null where neither mask has the ROI.</summary>
    public double? Dice => Ratio(2 * Both, Truth + Found);

    /// <summary>Gets both by the union; null where neither mask has the ROI.</summary>
    public double? Iou => Ratio(Both, Truth + Found - Both);

    /// <summary>Gets the share of what was found that is right; null where nothing was found.</summary>
    public double? Precision => Ratio(Both, Found);

    /// <summary>Gets the share of what is right that was found; null where the slice lacks the ROI.</summary>
    public double? Recall => Ratio(Both, Truth);

    public static OverlapCounts operator +(OverlapCounts a, OverlapCounts b) => new(a.Both + b.Both, a.Truth + b.Truth, a.Found + b.Found);

    /// <summary>Counts the pixels.</summary>
    public static OverlapCounts Of(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> found, byte roi)
    {
        long both = 0;
        long right = 0;
        long seen = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            bool isRight = truth[i] == roi;
            bool isSeen = found[i] == roi;
            both += isRight && isSeen ? 1 : 0;
            right += isRight ? 1 : 0;
            seen += isSeen ? 1 : 0;
        }

        return new OverlapCounts(both, right, seen);
    }

    private static double? Ratio(long part, long whole) => whole > 0 ? (double)part / whole : null;
}
