using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>The labels of a batch at the size of an output.</summary>
/// <param name="Labels">The ROI numbers 0 to K, and 255 for ignored pixels, [B, s, s] uint8.</param>
/// <param name="Truth">A plane of zeros and ones for each ROI, [B, K, s, s] float32.</param>
/// <param name="Squares">The sum of the squares of each plane, [B, K].</param>
internal sealed record LossTarget(Tensor Labels, Tensor Truth, Tensor Squares)
{
    /// <summary>Gets a plane of zeros where pixels are ignored, and ones elsewhere, [B, 1, s, s] float32; null if no pixel of the data set is ignored.</summary>
    public Tensor? Known { get; init; }

    /// <summary>Gets ones for the ROIs that were drawn in a slice, and zeros for others, [B, K] float32; null if all ROIs were drawn in all slices.</summary>
    public Tensor? Drawn { get; init; }

    /// <summary>Computes the mean of a score of each slice and ROI, over the ROIs that were drawn.</summary>
    /// <param name="scores">[B, K].</param>
    public Tensor Mean(Tensor scores) => Drawn is null ? scores.mean() : WeightedMean(scores, Drawn);

    /// <summary>Computes the mean of a score of each ROI, over the ROIs that were drawn in a slice of the batch.</summary>
    /// <param name="scores">[K].</param>
    public Tensor MeanOfBatch(Tensor scores) => Drawn is null ? scores.mean() : WeightedMean(scores, Drawn.amax([0]));

    /// <summary>Sets planes to zero where their ROI was not drawn.</summary>
    /// <param name="planes">[B, K, s, s].</param>
    public Tensor OnlyDrawn(Tensor planes) => Drawn is null ? planes : planes * Drawn.unsqueeze(2).unsqueeze(3);

    /// <summary>
    /// Adds the probabilities of ROIs that were not drawn to that of the background, since the background of such a slice may be any of
    /// them (marginal loss, Shi et al. 2021).
    /// </summary>
    /// <param name="probabilities">[B, K + 1, s, s].</param>
    public Tensor Marginal(Tensor probabilities)
    {
        if (Drawn is null)
        {
            return probabilities;
        }

        Tensor rois = probabilities.narrow(1, 1, Truth.shape[1]);
        Tensor hidden = rois.Minus(OnlyDrawn(rois)).sum([1], keepdim: true);
        return cat([probabilities.narrow(1, 0, 1).Plus(hidden), rois], 1);
    }

    /// <summary>Sets values to zero where pixels are ignored.</summary>
    /// <param name="planes">[B, N, s, s].</param>
    public Tensor OnlyKnown(Tensor planes) => Known is null ? planes : planes * Known;

    private static Tensor WeightedMean(Tensor scores, Tensor weights) => (scores * weights).sum().div(weights.sum().AtLeast(1));
}
