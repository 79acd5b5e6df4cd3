using MedSeg.Augmentation;
using MedSeg.Data.Samples;
using MedSeg.Distributed;
using MedSeg.Tensors;
using MedSeg.Threading;
using MedSeg.Training.Splits;
using TorchSharp;

namespace MedSeg.Training.Batches;

/// <summary>Makes the batches of an epoch, shuffled and augmented. They depend on seed, epoch and step only.</summary>
internal sealed class BatchSampler(IReadOnlyList<Sample> samples, InputShape shape, BatchOptions options)
{
    private readonly int[][]? _samplesByRoi = options.BalancedSampling ? SamplesByRoi(samples) : null;
    private readonly bool _isPartial = samples.Any(s => s.DrawnRois is not null);
    private int[] _order = [];
    private int _orderedEpoch;

    /// <summary>Gets the number of steps of an epoch.</summary>
    public int StepsPerEpoch => (samples.Count + options.BatchSize - 1) / options.BatchSize;

    /// <summary>Gets the shares of each batch that this process computes.</summary>
    public IEnumerable<int> OwnShares => Enumerable.Range(options.FirstShare, options.OwnShares);

    /// <summary>Makes the batch of one step, augmented on the CPU.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="share">The share of the batch, from 0.</param>
    /// <param name="buffer">The arrays to write to, or null for new ones.</param>
    /// <exception cref="Errors.MedSegException">A slice cannot be read.</exception>
    public HostBatch Augment(int epoch, int step, int share = 0, BatchBuffer? buffer = null)
    {
        int[] slices = SlicesAt(epoch, step, share);
        int first = FirstAt(step, share);
        (float[] images, byte[] labels) = (buffer ?? new BatchBuffer()).Take(slices.Length, shape);
        ParallelLoop.For(slices.Length, i =>
        {
            int index = slices[i];
            using RentedSlice slice = samples[index].Pixels!.Open();
            SampleAugmentation.Apply(
                slice.Image,
                slice.Roi,
                shape.Size,
                options.Augmentation,
                RandomOf(epoch, first + i, index),
                images.AsSpan(i * shape.Length, shape.Length),
                labels.AsSpan(i * shape.Plane, shape.Plane));
        });
        return new HostBatch(slices.Length) { Images = images, Labels = labels, Slices = slices };
    }

    /// <summary>Makes the batch of one step for a device that augments it: the same slices and transforms as <see cref="Augment"/>.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="withPixels">Whether to read the slices; false where they are on the device.</param>
    /// <param name="share">The share of the batch, from 0.</param>
    /// <exception cref="Errors.MedSegException">A slice cannot be read.</exception>
    public HostBatch Draw(int epoch, int step, bool withPixels, int share = 0)
    {
        int[] slices = SlicesAt(epoch, step, share);
        int first = FirstAt(step, share);
        IEnumerable<SampleTransforms> transforms = slices.Select((index, i) => SampleTransforms.Draw(options.Augmentation, shape.Size, RandomOf(epoch, first + i, index), shape.Channels));
        var drawn = new TransformTable([.. transforms.SelectMany(t => t.PerChannel)], shape.Size, shape.Channels);
        HostBatch batch = withPixels ? Read(slices.Select(i => samples[i]).ToArray(), shape) : new HostBatch(slices.Length);
        return batch with { Slices = slices, Drawn = drawn };
    }

    /// <summary>Reads slices without augmenting them.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="shape">The shape of the slices.</param>
    /// <param name="buffer">The arrays to write to, or null for new ones.</param>
    public static HostBatch Read(IReadOnlyList<Sample> samples, InputShape shape, BatchBuffer? buffer = null)
    {
        (float[] images, byte[] labels) = (buffer ?? new BatchBuffer()).Take(samples.Count, shape);
        ParallelLoop.For(samples.Count, i =>
        {
            using RentedSlice slice = samples[i].Pixels!.Open();
            slice.Image.CopyTo(images, i * shape.Length);
            slice.Roi.CopyTo(labels, i * shape.Plane);
        });
        return new HostBatch(samples.Count) { Images = images, Labels = labels };
    }

    /// <summary>Returns the number of slices of a step.</summary>
    public int CountAt(int step) => Math.Min(options.BatchSize, samples.Count - (step * options.BatchSize));

    /// <summary>Returns the number of slices of a share of a step; 0 where the batch has fewer slices than shares.</summary>
    public int CountAt(int step, int share) => BatchShares.Of(CountAt(step), options.Shares, share).Count;

    /// <summary>Returns the samples of a step.</summary>
    public IEnumerable<Sample> SamplesAt(int epoch, int step) => Enumerable.Range(0, options.Shares).SelectMany(share => SamplesAt(epoch, step, share));

    /// <summary>Returns ones for the ROIs that were drawn in each slice of a step, and zeros for others.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="share">The share of the batch, from 0.</param>
    /// <returns>Slice by slice, [B, K]; null if all ROIs were drawn in all samples.</returns>
    public float[]? DrawnAt(int epoch, int step, int share = 0) => _isPartial
        ? [.. SamplesAt(epoch, step, share).SelectMany(s => Enumerable.Range(1, s.RoiPixels.Count - 1).Select(roi => s.IsDrawn(roi) ? 1f : 0f))]
        : null;

    /// <summary>Returns the order in which an epoch visits the samples.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>Indices of samples.</returns>
    public int[] Order(int epoch)
    {
        if (_orderedEpoch != epoch)
        {
            _order = _samplesByRoi is null
                ? Shuffle.Order(samples.Count, options.Seed, epoch)
                : Shuffle.Balanced(_samplesByRoi, samples.Count, options.Seed, epoch);
            _orderedEpoch = epoch;
        }

        return _order;
    }

    private IEnumerable<Sample> SamplesAt(int epoch, int step, int share) => SlicesAt(epoch, step, share).Select(i => samples[i]);

    private int[] SlicesAt(int epoch, int step, int share)
    {
        int first = FirstAt(step, share);
        return Order(epoch)[first..(first + CountAt(step, share))];
    }

    private int FirstAt(int step, int share) => (step * options.BatchSize) + BatchShares.Of(CountAt(step), options.Shares, share).First;

    // Balanced sampling may draw a slice twice in an epoch, each time with other transforms.
    private SampleRandom RandomOf(int epoch, int place, int index) =>
        new(options.Seed, epoch, options.BalancedSampling ? samples.Count + place : index);

    // The indices of the samples that have each of the ROIs 1 to K.
    private static int[][] SamplesByRoi(IReadOnlyList<Sample> samples) =>
        [.. Enumerable.Range(1, samples[0].RoiPixels.Count - 1)
            .Select(roi => Enumerable.Range(0, samples.Count).Where(i => samples[i].RoiPixels[roi] > 0).ToArray())];

    /// <summary>Copies a batch to a device. On the CPU the tensors share the memory of the arrays.</summary>
    public static (torch.Tensor Images, torch.Tensor Labels) ToTensors(float[] images, byte[] labels, int count, InputShape shape, torch.Device device)
    {
        using DisposeScope scope = torch.NewDisposeScope();

        // The tensors keep the arrays, which torch.tensor would copy. Arrays that are used again may be longer.
        torch.Tensor image = DeviceCopy.Bring(torch.from_array(images).narrow(0, 0, count * shape.Length).view(count, shape.Channels, shape.Size, shape.Size), device);
        torch.Tensor label = DeviceCopy.Bring(torch.from_array(labels).narrow(0, 0, count * shape.Plane).view(count, shape.Size, shape.Size), device);
        return (image.MoveToOuterDisposeScope(), label.MoveToOuterDisposeScope());
    }
}
