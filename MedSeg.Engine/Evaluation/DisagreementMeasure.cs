using MedSeg.Metrics;

namespace MedSeg.Evaluation;

/// <summary>Compares the drawn mask of a slice with the one that a model found.</summary>
internal sealed class DisagreementMeasure
{
    private readonly OverlapCounts[] _overlaps;
    private readonly double[] _weights;
    private readonly int[] _likely;

    /// <summary>Initializes a new instance of the <see cref="DisagreementMeasure"/> class.</summary>
    /// <param name="drawn">The ROI numbers that were drawn.</param>
    /// <param name="found">The ROI numbers that were found, of the same pixels.</param>
    /// <param name="confidence">The probability of the found ROI, from 0 to 1.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    public DisagreementMeasure(ReadOnlySpan<byte> drawn, ReadOnlySpan<byte> found, ReadOnlySpan<float> confidence, int roiCount)
    {
        _overlaps = OverlapCounts.Of(drawn, found, roiCount);
        _weights = new double[roiCount + 1];
        long[,] table = new long[roiCount + 1, roiCount + 1];
        for (int i = 0; i < drawn.Length; i++)
        {
            table[drawn[i], found[i]]++;
            if (drawn[i] != found[i])
            {
                // The drawn ROI has at most what is left, so the found one is ahead of it by at least this much.
                double certainty = Math.Max(0, (2.0 * confidence[i]) - 1);
                _weights[drawn[i]] += certainty;
                _weights[found[i]] += certainty;
            }
        }

        _likely = [.. Enumerable.Range(1, roiCount).Select(roi => Enumerable.Range(1, roiCount).FirstOrDefault(other => other != roi && 2 * table[roi, other] > _overlaps[roi - 1].Truth))];
    }

    /// <summary>Returns the number of pixels of an ROI that were drawn.</summary>
    /// <param name="roi">The ROI's number, from 1.</param>
    public long Drawn(int roi) => _overlaps[roi - 1].Truth;

    /// <summary>Rates the disagreement of each ROI.</summary>
    /// <param name="names">The names of the ROIs 1 to K.</param>
    /// <param name="usual">The usual number of drawn pixels of each ROI.</param>
    public RoiDisagreement[] Rate(IReadOnlyList<string> names, IReadOnlyList<double> usual) =>
        [.. _overlaps.Select((overlap, index) => new RoiDisagreement
        {
            Roi = index + 1,
            Name = names[index],
            Score = _weights[index + 1] / Math.Max(1, Math.Max(overlap.Truth + overlap.Found, usual[index])),
            Dice = overlap.Dice,
            DrawnPixels = overlap.Truth,
            FoundPixels = overlap.Found,
            LikelyRoi = _likely[index] > 0 ? names[_likely[index] - 1] : null,
        })];
}
