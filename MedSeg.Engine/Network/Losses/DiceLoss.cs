using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>
/// The Dice loss (Milletari et al. 2016). For each sample and ROI, with p the probabilities and g the
/// ground truth of that ROI, D = 2 Σpg / (Σp² + Σg² + 1e-5); the loss is the mean over the batch of the weighted sum of
/// 1 − mean D of each output: for the pyramid 2 − mean D of stage 1 − mean D of stage 2. Background and ignored pixels are excluded.
/// </summary>
internal static class DiceLoss
{
    /// <summary>Keeps D defined for an ROI that is neither in the ground truth nor in the prediction.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>Computes D of each sample and ROI.</summary>
    /// <param name="probabilities">The probabilities, [B, K + 1, s, s].</param>
    /// <param name="target">The labels at that size.</param>
    /// <returns>From 0 to 1, [B, K].</returns>
    internal static Tensor Scores(Tensor probabilities, LossTarget target)
    {
        Tensor p = target.OnlyKnown(probabilities.narrow(1, 1, target.Truth.shape[1]));
        Tensor overlap = (p * target.Truth).sum([2, 3]);
        Tensor squares = (p * p).sum([2, 3]).Plus(target.Squares).Plus(Epsilon);
        return overlap.Times(2).div(squares);
    }

    /// <summary>Returns a plane for each of some ROI numbers (one-hot encoding).</summary>
    /// <param name="labels">The ROI numbers, [B, S, S] uint8.</param>
    /// <param name="first">The first number: 1 to leave out background.</param>
    /// <param name="count">The number N of planes.</param>
    /// <returns>Zeros and ones, [B, N, S, S] float32.</returns>
    internal static Tensor OneHot(Tensor labels, int first, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor numbers = TensorMath.Numbers(first, count, ScalarType.Byte, labels.device).view(1, -1, 1, 1);
        return labels.unsqueeze(1).eq(numbers).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
