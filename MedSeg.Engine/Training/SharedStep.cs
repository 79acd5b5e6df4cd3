using System.Runtime.InteropServices;
using MedSeg.Distributed;
using MedSeg.Network.Definition;
using MedSeg.Tensors;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>
/// Training steps whose batch is divided into shares. Each rank computes the gradients of some of them; those of all shares are added in one
/// order, whoever computed them, and every rank takes the same step. So weights and losses are bit-identical on any number of ranks.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="optimizer">Its optimiser.</param>
/// <param name="options">The loss, the gradient clip, the number of shares and the format of their gradients.</param>
/// <param name="hasIgnored">Whether pixels may be ignored.</param>
/// <param name="ranks">The ranks.</param>
/// <param name="scaler">Scales the loss; null for none. Every rank sees the same gradients, so all have the same factor.</param>
internal sealed class SharedStep(SegmentationNetwork network, AdamOptimizer optimizer, TrainingOptions options, bool hasIgnored, RankGroup ranks, GradientScaler? scaler = null)
{
    // The loss, and the sum and the number of the Dice scores.
    private const int ValuesPerShare = 3;

    private readonly ShareSum _gradients = new(checked((int)network.Parameters.Gradients.numel()), options.Shares, options.GradientFormat);

    /// <summary>Takes a step.</summary>
    /// <param name="batches">Makes the shares of the batch.</param>
    /// <param name="prefetcher">Returns them.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="seed">Seeds what is drawn in the step.</param>
    /// <param name="wantsToStop">Whether this rank was asked to stop; all ranks finish the step first.</param>
    /// <returns>
    /// The loss, and the sum and the number of the Dice scores, [3] float64 on the CPU; null where a rank has left, so that no step was taken.
    /// </returns>
    /// <exception cref="Errors.MedSegException">Another rank failed, or a slice cannot be read.</exception>
    public torch.Tensor? Take(BatchPipeline batches, BatchPrefetcher prefetcher, int epoch, int step, ulong seed, bool wantsToStop)
    {
        _gradients.Clear();
        var own = new List<double>();
        foreach (int share in batches.Source.OwnShares)
        {
            own.AddRange(Compute(batches, prefetcher, epoch, step, share, SampleRandom.Mix(seed + (ulong)share)));
        }

        ranks.Reserve(_gradients);
        if (ranks.Meet(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(own)).ToArray(), wantsToStop) is not { } told)
        {
            return null;
        }

        SetGradients(ranks.Total(_gradients));
        torch.Tensor numbers = torch.tensor(Total([.. told.SelectMany(values => MemoryMarshal.Cast<byte, double>(values).ToArray())]));
        if (!TrainingStep.IsLost(numbers) && scaler?.Accept(network.Parameters) != false)
        {
            optimizer.Step(options.LearningRateAt(epoch), options.GradientClip);
        }

        return numbers;
    }

    // In the order of the shares.
    private static double[] Total(double[] values)
    {
        double[] total = new double[ValuesPerShare];
        for (int i = 0; i < values.Length; i++)
        {
            total[i % ValuesPerShare] += values[i];
        }

        return total;
    }

    private double[] Compute(BatchPipeline batches, BatchPrefetcher prefetcher, int epoch, int step, int share, ulong seed)
    {
        int count = batches.Source.CountAt(step, share);
        if (count == 0)
        {
            _gradients.Add(share, []);
            return new double[ValuesPerShare];
        }

        using DisposeScope scope = torch.NewDisposeScope();
        double weight = count / (double)batches.Source.CountAt(step);
        double scale = scaler?.State.Scale ?? 1;
        network.Reseed(seed);
        (torch.Tensor images, torch.Tensor labels) = prefetcher.Next(SampleRandom.Mix(seed));
        torch.Tensor numbers = TrainingStep.Differentiate(network.Train, optimizer, images, labels, options, hasIgnored, batches.Drawn(epoch, step, share), scale);
        using IDisposable noGradient = torch.no_grad();
        _gradients.Add(share, TensorMemory.Of(network.Parameters.Gradients.TimesInPlace(weight / scale).cpu()));
        double[] values = [.. numbers.cpu().data<double>()];
        values[0] *= weight;
        return values;
    }

    private void SetGradients(ReadOnlySpan<float> total)
    {
        using IDisposable noGradient = torch.no_grad();
        torch.Tensor gradients = network.Parameters.Gradients;
        if (gradients.device_type == DeviceType.CPU)
        {
            total.CopyTo(TensorMemory.Of(gradients));
            return;
        }

        using torch.Tensor host = torch.empty(gradients.shape, torch.ScalarType.Float32);
        total.CopyTo(TensorMemory.Of(host));
        gradients.copy_(host);
    }
}
