using MedSeg.Network.Definition;
using MedSeg.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>The loss of a training step, its backward pass, and the Dice score that training reports.</summary>
internal static class TrainingLoss
{
    /// <summary>Computes the loss of a pass and adds its gradients to those of the parameters. Nothing waits for a GPU.</summary>
    /// <param name="function">The loss.</param>
    /// <param name="pass">The outputs of the network.</param>
    /// <param name="labels">The ROI numbers 0 to K, and 255 for ignored pixels, [B, S, S] uint8.</param>
    /// <param name="hasIgnored">Whether pixels may be ignored.</param>
    /// <param name="drawn">Ones for the ROIs that were drawn in a slice, and zeros for others, [B, K] float32; null if all were.</param>
    /// <param name="scale">The factor of the gradients.</param>
    /// <returns>The loss, and the sum and the number of the Dice scores of <see cref="TrainingDice"/>, [3] float64, on the device of the labels.</returns>
    public static Tensor Backward(LossFunction function, TrainingPass pass, Tensor labels, bool hasIgnored, Tensor? drawn, double scale = 1)
    {
        using DisposeScope scope = NewDisposeScope();
        if (labels.device.type == DeviceType.CPU)
        {
            (double value, double sum, double count) = CpuLoss.Compute(function, pass.Outputs, labels, drawn, out IReadOnlyList<Tensor> gradients);
            pass.Backward(scale == 1 ? gradients : [.. gradients.Select(gradient => gradient.TimesInPlace(scale))]);
            return tensor(new double[] { value, sum, count }).MoveToOuterDisposeScope();
        }

        var targets = new LossTargets(labels, (int)pass.Outputs[^1].Probabilities.shape[1] - 1, hasIgnored, drawn);
        Tensor loss = SegmentationLoss.Compute(function, pass.Outputs, targets);
        Tensor dice = TrainingDice.Measure(pass.Outputs[^1], targets);
        pass.Backward(loss.Weighted(scale));
        return cat([loss.detach().to(ScalarType.Float64).view(1), dice]).MoveToOuterDisposeScope();
    }
}
