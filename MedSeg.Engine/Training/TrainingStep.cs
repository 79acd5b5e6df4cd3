using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>One training step: forward, loss, backward, optimiser.</summary>
internal static class TrainingStep
{
    /// <summary>
    /// Takes a step, unless scaled gradients overflowed, or <see cref="IsLost"/> says that the loss did. Nothing waits for the device, except for the scaler.
    /// </summary>
    /// <param name="forward">
    /// Computes the probabilities of a batch: <see cref="SegmentationNetwork.Train"/>, or <see cref="DataParallel.Train"/> on several devices.
    /// </param>
    /// <param name="optimizer">The optimiser of the network, or of the first of several.</param>
    /// <param name="image">The intensities on the (first) device, [B, 1, S, S] float32.</param>
    /// <param name="label">The ROI numbers, and 255 for ignored pixels, on the (first) device, [B, S, S] uint8.</param>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="options">The loss and the gradient clip.</param>
    /// <param name="hasIgnored">Whether pixels may be ignored.</param>
    /// <param name="drawn">Ones for the ROIs that were drawn in a slice, and zeros for others, [B, K] float32 on the (first) device; null if all were.</param>
    /// <param name="scaler">Scales the loss; null for none.</param>
    /// <returns>The loss, and the sum and the number of the Dice scores of <see cref="TrainingDice"/>, [3] float64, on the (first) device.</returns>
    public static torch.Tensor Take(
        Func<torch.Tensor, TrainingPass> forward, AdamOptimizer optimizer, torch.Tensor image, torch.Tensor label, double learningRate, TrainingOptions options, bool hasIgnored = false, torch.Tensor? drawn = null, GradientScaler? scaler = null)
    {
        torch.Tensor numbers = Differentiate(forward, optimizer, image, label, options, hasIgnored, drawn, scaler?.State.Scale ?? 1);
        if (!IsLost(numbers) && scaler?.Unscale(optimizer.Parameters) != false)
        {
            optimizer.Step(learningRate, options.GradientClip);
        }

        return numbers;
    }

    /// <summary>
    /// Says whether the loss of a step is NaN or infinite, so that no step was taken. A loss on a GPU is not looked at: that would wait for it.
    /// </summary>
    /// <param name="numbers">What <see cref="Take"/> returned.</param>
    public static bool IsLost(torch.Tensor numbers) => numbers.device_type == DeviceType.CPU && !double.IsFinite(numbers.data<double>()[0]);

    /// <summary>Computes the gradients of a batch, or of a share of one, times a factor. Nothing waits for the device.</summary>
    /// <param name="forward">Computes the probabilities, as for <see cref="Take"/>.</param>
    /// <param name="optimizer">The optimiser of the network, or of the first of several.</param>
    /// <param name="image">The intensities on the (first) device, [B, 1, S, S] float32.</param>
    /// <param name="label">The ROI numbers, and 255 for ignored pixels, on the (first) device, [B, S, S] uint8.</param>
    /// <param name="options">The loss.</param>
    /// <param name="hasIgnored">Whether pixels may be ignored.</param>
    /// <param name="drawn">Ones for the ROIs that were drawn in a slice, and zeros for others, [B, K] float32 on the (first) device; null if all were.</param>
    /// <param name="scale">The factor of the gradients.</param>
    /// <returns>The loss, and the sum and the number of the Dice scores of <see cref="TrainingDice"/>, [3] float64, on the (first) device.</returns>
    public static torch.Tensor Differentiate(
        Func<torch.Tensor, TrainingPass> forward, AdamOptimizer optimizer, torch.Tensor image, torch.Tensor label, TrainingOptions options, bool hasIgnored, torch.Tensor? drawn, double scale = 1)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        optimizer.ZeroGradients();
        using TrainingPass pass = forward(image);
        return TrainingLoss.Backward(options.Loss, pass, label, hasIgnored, drawn, scale).MoveToOuterDisposeScope();
    }
}
