using System.Buffers;
using MedSeg.Labels;
using MedSeg.Network.Cpu;
using MedSeg.Network.Definition;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>
/// <see cref="SegmentationLoss"/> and <see cref="TrainingDice"/> on the CPU, with the gradient of each output, in two passes over the
/// probabilities. Torch takes many, and a tenth of a step. The results differ by rounding.
/// </summary>
internal static class CpuLoss
{
    /// <summary>Computes the loss and its gradients.</summary>
    /// <param name="function">The loss.</param>
    /// <param name="outputs">The outputs, on the CPU; the last one is the network's result.</param>
    /// <param name="labels">The ROI numbers 0 to K, and 255 for ignored pixels, [B, S, S] uint8.</param>
    /// <param name="drawn">Ones for the ROIs that were drawn in a slice, and zeros for others, [B, K] float32; null if all were.</param>
    /// <param name="gradients">Receives the gradient of each output.</param>
    /// <returns>The loss, and the sum and the number of the Dice scores of the last output.</returns>
    public static (double Loss, double DiceSum, double DiceCount) Compute(
        LossFunction function, IReadOnlyList<NetworkOutput> outputs, Tensor labels, Tensor? drawn, out IReadOnlyList<Tensor> gradients)
    {
        byte[] numbers = ArrayPool<byte>.Shared.Rent(checked((int)labels.numel()));
        try
        {
            labels.bytes.CopyTo(numbers);
            return Compute(function, outputs, numbers, (int)labels.shape[1], drawn, out gradients);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(numbers);
        }
    }

    private static (double Loss, double DiceSum, double DiceCount) Compute(
        LossFunction function, IReadOnlyList<NetworkOutput> outputs, byte[] labels, int side, Tensor? drawn, out IReadOnlyList<Tensor> gradients)
    {
        float[]? isDrawn = drawn?.data<float>().ToArray();
        bool[]? hidden = isDrawn is null ? null : Hidden(isDrawn, (int)drawn!.shape[1] + 1);
        var results = new Tensor[outputs.Count];
        double loss = 0;
        OutputLoss? last = null;
        for (int i = 0; i < outputs.Count; i++)
        {
            using ChannelsLastView probabilities = ChannelsLastView.Of(outputs[i].Probabilities);
            int channels = probabilities.Channels;
            var kernel = new LossKernel(probabilities, Reduce(labels, side, probabilities), hidden);
            last = new OutputLoss(function, outputs[i].Weight, kernel.Sum(function.HasCrossEntropy()), channels, isDrawn);
            using ChannelsLastView gradient = outputs[i].GradientMemory is { } memory
                ? ChannelsLastView.Of(memory)
                : ChannelsLastView.Empty(probabilities.Images, probabilities.Height, probabilities.Width, channels);
            kernel.Gradient(last.OverlapFactors, last.SquareFactors, last.LogarithmFactor, gradient);
            results[i] = gradient.ToImage();
            loss += last.Value;
        }

        gradients = results;
        (double sum, double count) = last!.TrainingDice();
        return (loss, sum, count);
    }

    private static bool[] Hidden(float[] drawn, int channels)
    {
        bool[] hidden = new bool[drawn.Length / (channels - 1) * channels];
        for (int i = 0; i < drawn.Length; i++)
        {
            hidden[(i / (channels - 1) * channels) + (i % (channels - 1)) + 1] = drawn[i] == 0;
        }

        return hidden;
    }

    // As LossTargets does: each pixel gets the label of the largest area, the lowest of several, and ignored ones come last.
    private static byte[] Reduce(byte[] labels, int from, ChannelsLastView probabilities)
    {
        (int side, int channels) = (probabilities.Height, probabilities.Channels);
        if (side == from)
        {
            return labels;
        }

        int block = from / side;
        byte[] reduced = new byte[probabilities.Images * side * side];
        int[] areas = new int[byte.MaxValue + 1];
        for (int i = 0; i < reduced.Length; i++)
        {
            Array.Clear(areas);
            int start = ((i / side) * block * from) + (i % side * block);
            for (int row = 0; row < block; row++)
            {
                foreach (byte label in labels.AsSpan(start + (row * from), block))
                {
                    areas[label]++;
                }
            }

            int largest = 0;
            for (int k = 1; k < channels; k++)
            {
                largest = areas[k] > areas[largest] ? k : largest;
            }

            reduced[i] = areas[IgnoredPixels.Number] > areas[largest] ? IgnoredPixels.Number : (byte)largest;
        }

        return reduced;
    }
}
