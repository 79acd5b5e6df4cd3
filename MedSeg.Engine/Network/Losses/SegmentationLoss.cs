using MedSeg.Network.Definition;
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
    /// <param name="outputs">The outputs of the network.</param>
    /// <param name="labels">The ROI numbers 0 to K, [B, S, S] uint8.</param>
    /// <returns>The loss, a scalar of at least 0.</returns>
    public static Tensor Compute(LossFunction function, IReadOnlyList<NetworkOutput> outputs, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        var targets = new LossTargets(labels, (int)outputs[^1].Probabilities.shape[1] - 1);
        bool ofBatch = function is LossFunction.BatchDice or LossFunction.BatchDiceCrossEntropy;
        Tensor loss = ofBatch ? BatchDice(outputs, targets) : DiceLoss.Compute(outputs, targets);
        if (function is LossFunction.DiceCrossEntropy or LossFunction.BatchDiceCrossEntropy)
        {
            foreach (NetworkOutput output in outputs)
            {
                loss = loss.Plus(CrossEntropy(output.Probabilities, targets.At(output).Labels).Weighted(output.Weight));
            }
        }

        return loss.MoveToOuterDisposeScope();
    }

    private static Tensor BatchDice(IReadOnlyList<NetworkOutput> outputs, LossTargets targets) =>
        outputs.Total(output => MeanBatchDice(output.Probabilities, targets.At(output))).Times(-1).Plus(outputs.Sum(output => output.Weight));

    private static Tensor MeanBatchDice(Tensor probabilities, LossTarget target)
    {
        Tensor p = probabilities.narrow(1, 1, target.Truth.shape[1]);
        Tensor overlap = (p * target.Truth).sum([0, 2, 3]);
        Tensor squares = (p * p).sum([0, 2, 3]).Plus(target.Truth.sum([0, 2, 3]));
        return overlap.Times(2).Plus(BatchSmoothing).div(squares.Plus(BatchSmoothing)).mean();
    }

    private static Tensor CrossEntropy(Tensor probabilities, Tensor labels)
    {
        Tensor index = labels.to(ScalarType.Int64).unsqueeze(1);
        return probabilities.gather(1, index).Plus(MinimumProbability).log().mean().neg();
    }
}
