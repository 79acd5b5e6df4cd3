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
    /// <param name="probabilities">The network's output, [B, K + 1, S, S].</param>
    /// <param name="labels">The ROI numbers 0 to K, [B, S, S] uint8.</param>
    /// <returns>The sum of the scores and their number, [2] float64, without gradient.</returns>
    public static Tensor Measure(Tensor probabilities, Tensor labels)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor output = probabilities.detach();
        (long batch, long channels) = (output.shape[0], output.shape[1]);
        Tensor counts = maximum(Has(labels.to(ScalarType.Int64), batch, channels), Has(output.argmax(1), batch, channels)).to(ScalarType.Float64);
        Tensor scores = DiceLoss.Scores(output, labels).to(ScalarType.Float64);
        return stack([(scores * counts).sum(), counts.sum()]).MoveToOuterDisposeScope();
    }

    // Which ROIs a batch of masks has: zeros and ones, [B, K].
    private static Tensor Has(Tensor numbers, long batch, long channels)
    {
        Tensor found = zeros([batch, channels], ScalarType.Float32, numbers.device);
        Tensor index = numbers.view(batch, -1);
        return found.scatter_(1, index, ones_like(index, ScalarType.Float32)).narrow(1, 1, channels - 1);
    }
}
