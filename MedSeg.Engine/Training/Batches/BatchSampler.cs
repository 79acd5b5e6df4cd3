using MedSeg.Augmentation;
using MedSeg.Data.Samples;
using MedSeg.Tensors;
using MedSeg.Threading;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Training.Batches;

/// <summary>Makes the batches of an epoch: shuffled and augmented, the same whatever came before.</summary>
internal sealed class BatchSampler(IReadOnlyList<Sample> samples, int size, BatchOptions options)
{
    private readonly int[][]? _holders = options.BalancedSampling ? Holders(samples) : null;
    private int[] _order = [];
    private int _orderedEpoch;

    /// <summary>Gets the number of steps of an epoch.</summary>
    public int StepsPerEpoch => (samples.Count + options.BatchSize - 1) / options.BatchSize;

    /// <summary>Makes the batch of one step.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <returns>Images [B, 1, S, S] float32 and labels [B, S, S] uint8, on the host.</returns>
    public (float[] Images, byte[] Labels, int Count) Make(int epoch, int step)
    {
        int[] order = Order(epoch);
        int first = step * options.BatchSize;
        int count = CountAt(step);
        int plane = size * size;
        float[] images = new float[count * plane];
        byte[] labels = new byte[count * plane];
        ParallelLoop.For(count, i =>
        {
            int index = order[first + i];
            using RentedSlice slice = samples[index].Pixels!.Open();
            SampleAugmentation.Apply(
                slice.Image,
                slice.Roi,
                size,
                options.Augmentation,
                RandomOf(epoch, first + i, index),
                images.AsSpan(i * plane, plane),
                labels.AsSpan(i * plane, plane));
        });
        return (images, labels, count);
    }

    /// <summary>Draws the batch of one step for a device that transforms it: the same slices and the same numbers as <see cref="Make"/>.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="withPixels">Whether the slices themselves are to be brought.</param>
    public HostBatch Draw(int epoch, int step, bool withPixels)
    {
        int first = step * options.BatchSize;
        int[] slices = Order(epoch)[first..(first + CountAt(step))];
        var drawn = new TransformTable([.. slices.Select((index, i) => SampleTransforms.Draw(options.Augmentation, size, RandomOf(epoch, first + i, index)))], size);
        return withPixels ? Read(slices.Select(i => samples[i]).ToArray(), size) with { Slices = slices, Drawn = drawn } : new HostBatch(slices.Length) { Slices = slices, Drawn = drawn };
    }

    /// <summary>Reads slices as they are.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="size">The side S.</param>
    public static HostBatch Read(IReadOnlyList<Sample> samples, int size)
    {
        int plane = size * size;
        float[] images = new float[samples.Count * plane];
        byte[] labels = new byte[samples.Count * plane];
        ParallelLoop.For(samples.Count, i =>
        {
            using RentedSlice slice = samples[i].Pixels!.Open();
            slice.Image.CopyTo(images, i * plane);
            slice.Roi.CopyTo(labels, i * plane);
        });
        return new HostBatch(samples.Count) { Images = images, Labels = labels };
    }

    /// <summary>Gives the number of slices of a step.</summary>
    public int CountAt(int step) => Math.Min(options.BatchSize, samples.Count - (step * options.BatchSize));

    /// <summary>Gives the samples of a step.</summary>
    public IEnumerable<Sample> SamplesAt(int epoch, int step) =>
        Order(epoch).Skip(step * options.BatchSize).Take(options.BatchSize).Select(i => samples[i]);

    /// <summary>Gives the order in which an epoch goes through the samples.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>Indices of samples.</returns>
    public int[] Order(int epoch)
    {
        if (_orderedEpoch != epoch)
        {
            _order = _holders is null ? Shuffle.Order(samples.Count, options.Seed, epoch) : Shuffle.Balanced(_holders, samples.Count, options.Seed, epoch);
            _orderedEpoch = epoch;
        }

        return _order;
    }

    private SampleRandom RandomOf(int epoch, int place, int index) =>
        new(options.Seed, epoch, options.BalancedSampling ? samples.Count + place : index);

    // The samples that have each of the ROIs 1 to K.
    private static int[][] Holders(IReadOnlyList<Sample> samples) =>
        [.. Enumerable.Range(1, samples[0].RoiPixels.Count - 1).Select(roi => Enumerable.Range(0, samples.Count).Where(i => samples[i].RoiPixels[roi] > 0).ToArray())];

    /// <summary>Brings a batch to a device.</summary>
    public static (torch.Tensor Images, torch.Tensor Labels) ToTensors(float[] images, byte[] labels, int count, int size, torch.Device device)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor image = DeviceCopy.Bring(torch.tensor(images, [count, 1, size, size]), device);
        torch.Tensor label = DeviceCopy.Bring(torch.tensor(labels, [count, size, size]), device);
        return (image.MoveToOuterDisposeScope(), label.MoveToOuterDisposeScope());
    }
}
