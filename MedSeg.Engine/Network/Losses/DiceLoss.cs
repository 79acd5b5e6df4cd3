using MedSeg.Network.Definition;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>
/// The Dice loss (Milletari et al. 2016). For each sample and ROI, with p the probabilities and g the
/// ground truth of that ROI, D = 2 Σpg / (Σp² + Σg² + 1e-5); the loss is the mean over the batch of the weighted sum of
/// 1 − mean D of each output: for the pyramid 2 − mean D of stage 1 − mean D of stage 2. Background is excluded.
/// </summary>
internal static class DiceLoss
{
    /// <summary>Keeps D defined for an ROI that is neither in the ground truth nor in the prediction.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="outputs">The outputs of the network.</param>
    /// <param name="targets">The labels of the batch.</param>
    /// <returns>A scalar, from 0 to 2 if the weights of the outputs add up to 2.</returns>
    internal static Tensor Compute(IReadOnlyList<NetworkOutput> outputs, LossTargets targets)
    {
        // Every sample has the same number of ROIs, so the mean over batch and ROIs is the batch mean of the ROI means.
        Tensor total = outputs.Total(output => Scores(output.Probabilities, targets.At(output).Truth, targets.At(output).Squares).mean());
        return total.Times(-1).Plus(outputs.Sum(output => output.Weight));
    }

    /// <summary>Computes D of each sample and ROI.</summary>
    /// <param name="probabilities">The probabilities, [B, K + 1, S, S].</param>
    /// <param name="labels">The ROI numbers 0 to K, [B, S, S] uint8.</param>
    /// <returns>From 0 to 1, [B, K].</returns>
    internal static Tensor Scores(Tensor probabilities, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor truth = OneHot(labels, (int)probabilities.shape[1] - 1);
        return Scores(probabilities, truth, truth.sum([2, 3])).MoveToOuterDisposeScope();
    }

    /// <summary>Returns a plane for each ROI, without background (one-hot encoding).</summary>
    /// <param name="labels">The ROI numbers 0 to K, [B, S, S] uint8.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>Zeros and ones, [B, K, S, S] float32.</returns>
    internal static Tensor OneHot(Tensor labels, int roiCount)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor numbers = TensorMath.Numbers(1, roiCount, ScalarType.Byte, labels.device).view(1, -1, 1, 1);
        return labels.unsqueeze(1).eq(numbers).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private static Tensor Scores(Tensor probabilities, Tensor truth, Tensor truthSquares)
    {
        Tensor p = probabilities.narrow(1, 1, truth.shape[1]);
        Tensor overlap = (p * truth).sum([2, 3]);
        Tensor squares = (p * p).sum([2, 3]).Plus(truthSquares).Plus(Epsilon);
        return overlap.Times(2).div(squares);
    }
}
