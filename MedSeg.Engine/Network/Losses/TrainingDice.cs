using MedSeg.Network.Definition;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>
/// The Dice score that training reports: D of <see cref="DiceLoss"/> for the network's output. Unlike in the loss, an ROI that is
/// neither in the labels of a slice nor found there does not count.
/// </summary>
internal static class TrainingDice
{
    /// <summary>Measures a batch.</summary>
    /// <param name="result">The network's result, [B, K + 1, S, S].</param>
    /// <param name="targets">The labels of the batch.</param>
    /// <returns>The sum of the scores and their number, [2] float64, without gradient.</returns>
    public static Tensor Measure(NetworkOutput result, LossTargets targets)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor probabilities = result.Probabilities.detach();
        LossTarget target = targets.At(result);

        // A ROI that is labelled has at least one pixel.
        Tensor counts = maximum(Found(probabilities, target), target.Squares.AtMost(1)).to(ScalarType.Float64);
        counts = target.Drawn is null ? counts : counts * target.Drawn;
        Tensor scores = DiceLoss.Scores(probabilities, target).to(ScalarType.Float64);
        return stack([(scores * counts).sum(), counts.sum()]).MoveToOuterDisposeScope();
    }

    // Which ROIs are the likeliest of a pixel: zeros and ones, [B, K].
    private static Tensor Found(Tensor probabilities, LossTarget target)
    {
        (long batch, long channels) = (probabilities.shape[0], probabilities.shape[1]);
        Tensor index = probabilities.argmax(1).view(batch, -1);
        index = target.Known is { } known ? index * known.to(ScalarType.Int64).view(batch, -1) : index;
        Tensor found = zeros([batch, channels], ScalarType.Float32, probabilities.device);
        return found.scatter_(1, index, ones_like(index, ScalarType.Float32)).narrow(1, 1, channels - 1);
    }
}
