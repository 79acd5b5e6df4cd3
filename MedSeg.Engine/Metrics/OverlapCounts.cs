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
