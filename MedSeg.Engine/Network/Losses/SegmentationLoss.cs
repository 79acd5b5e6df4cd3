using MedSeg.Network.Definition;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>The losses that a network can be trained with.</summary>
internal static class SegmentationLoss
{
    /// <summary>In pixels: the weight against false positives of an ROI that no slice of the batch has.</summary>
    public const double BatchSmoothing = 1;

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="function">The loss function.</param>
    /// <param name="outputs">The outputs of the network.</param>
    /// <param name="targets">The labels of the batch.</param>
    /// <returns>The loss, a scalar of at least 0.</returns>
    public static Tensor Compute(LossFunction function, IReadOnlyList<NetworkOutput> outputs, LossTargets targets)
    {
        using DisposeScope scope = NewDisposeScope();
        bool ofBatch = function.IsOfBatch();

        // Every sample has the same number of ROIs, so the mean over batch and ROIs is the batch mean of the ROI means.
        Tensor dice = outputs.Total(output => ofBatch
            ? targets.At(output).MeanOfBatch(BatchScores(output.Probabilities, targets.At(output)))
            : targets.At(output).Mean(DiceLoss.Scores(output.Probabilities, targets.At(output))));
        Tensor loss = dice.Times(-1).Plus(outputs.Sum(output => output.Weight));
        if (function.HasCrossEntropy())
        {
            foreach (NetworkOutput output in outputs)
            {
                loss = loss.Plus(CrossEntropy(output.Probabilities, targets.At(output)).Weighted(output.Weight));
            }
        }

        return loss.MoveToOuterDisposeScope();
    }

    private static Tensor BatchScores(Tensor probabilities, LossTarget target)
    {
        Tensor p = target.OnlyDrawn(target.OnlyKnown(probabilities.narrow(1, 1, target.Truth.shape[1])));
        Tensor overlap = (p * target.Truth).sum([0, 2, 3]);
        Tensor truth = target.Drawn is null ? target.Squares : target.Squares * target.Drawn;
        Tensor squares = (p * p).sum([0, 2, 3]).Plus(truth.sum([0]));
        return overlap.Times(2).Plus(BatchSmoothing).div(squares.Plus(BatchSmoothing));
    }

    private static Tensor CrossEntropy(Tensor probabilities, LossTarget target)
    {
        probabilities = target.Marginal(probabilities);
        Tensor index = target.Labels.to(ScalarType.Int64).unsqueeze(1);
        if (target.Known is not { } known)
        {
            return probabilities.gather(1, index).Plus(LossKernel.MinimumProbability).log().mean().neg();
        }

        // Ignored pixels have a number but no probability: they are looked up as background, and then left out.
        Tensor logarithms = probabilities.gather(1, index * known.to(ScalarType.Int64)).Plus(LossKernel.MinimumProbability).log();
        return (logarithms * known).sum().div(known.sum().AtLeast(1)).neg();
    }
}
