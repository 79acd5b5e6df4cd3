using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>The losses that a network can be trained with.</summary>
internal static class SegmentationLoss
{
    // In pixels: the weight against false positives of an ROI that no slice of the batch has.
    private const double BatchSmoothing = 1;

    // Added to each probability, so that the logarithm stays finite.
    private const double MinimumProbability = 1e-7;

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="function">The loss function.</param>
    /// <param name="stage1">The probabilities of stage 1, [B, K + 1, S, S].</param>
    /// <param name="stage2">The probabilities of stage 2, [B, K + 1, S, S].</param>
    /// <param name="labels">The ROI numbers 0 to K, [B, S, S] uint8.</param>
    /// <returns>The loss, a scalar of at least 0.</returns>
    public static Tensor Compute(LossFunction function, Tensor stage1, Tensor stage2, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        bool ofBatch = function is LossFunction.BatchDice or LossFunction.BatchDiceCrossEntropy;
        Tensor loss = ofBatch ? BatchDice(stage1, stage2, labels) : DiceLoss.Compute(stage1, stage2, labels);
        if (function is LossFunction.DiceCrossEntropy or LossFunction.BatchDiceCrossEntropy)
        {
            Tensor index = labels.to(ScalarType.Int64).unsqueeze(1);
            loss = loss.Plus(CrossEntropy(stage1, index)).Plus(CrossEntropy(stage2, index));
        }

        return loss.MoveToOuterDisposeScope();
    }

    private static Tensor BatchDice(Tensor stage1, Tensor stage2, Tensor labels)
    {
        Tensor truth = DiceLoss.OneHot(labels, (int)stage1.shape[1] - 1);
        Tensor squares = truth.sum([0, 2, 3]);
        return MeanBatchDice(stage1, truth, squares).Plus(MeanBatchDice(stage2, truth, squares)).Times(-1).Plus(2);
    }

    private static Tensor MeanBatchDice(Tensor probabilities, Tensor truth, Tensor truthSquares)
    {
        Tensor p = probabilities.narrow(1, 1, truth.shape[1]);
        Tensor overlap = (p * truth).sum([0, 2, 3]);
        Tensor squares = (p * p).sum([0, 2, 3]).Plus(truthSquares);
        return overlap.Times(2).Plus(BatchSmoothing).div(squares.Plus(BatchSmoothing)).mean();
    }

    private static Tensor CrossEntropy(Tensor probabilities, Tensor index) =>
        probabilities.gather(1, index).Plus(MinimumProbability).log().mean().neg();
}
