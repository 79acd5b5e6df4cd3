using System.Buffers;
using MedSeg.Data.Samples;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Metrics;
using MedSeg.Network.Definition;
using MedSeg.Tensors;
using MedSeg.Threading;
using MedSeg.Training.Batches;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>
/// Scores a network on whole slices that it was not trained on. At the masks' own size it gives the same numbers as the evaluation of a trained
/// model does.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="samples">The slices.</param>
/// <param name="preprocessing">How the slices were prepared.</param>
/// <param name="names">The names of the ROIs 1 to K.</param>
/// <param name="isFast">Whether masks are compared at the input size instead, which is faster.</param>
internal sealed class ValidationScorer(SegmentationNetwork network, IReadOnlyList<Sample> samples, Preprocessing preprocessing, IReadOnlyList<string> names, bool isFast = false)
{
    private readonly BatchBuffer _buffer = new();

    /// <summary>Computes the Dice score of each ROI, as <see cref="RoiScore"/> describes it.</summary>
    /// <param name="batchSize">The number of slices that are computed at once.</param>
    /// <param name="device">The network's device.</param>
    /// <param name="resident">The same slices on the device, as its validation slices; null to copy them there.</param>
    public IReadOnlyList<RoiScore> Score(int batchSize, torch.Device device, DeviceDataset? resident = null)
    {
        using IDisposable noGradient = torch.no_grad();
        var counts = new OverlapCounts[samples.Count][];
        for (int first = 0; first < samples.Count; first += batchSize)
        {
            int start = first;
            int count = Math.Min(batchSize, samples.Count - first);
            using DisposeScope scope = torch.NewDisposeScope();
            torch.Tensor images = resident?.Validation(first, count) ?? ToDevice([.. samples.Skip(first).Take(count)], device);
            torch.Tensor predicted = network.Predict(images).cpu().contiguous();
            int length = checked((int)predicted.numel()) / count;
            ParallelLoop.For(count, i => counts[start + i] = Count(samples[start + i], TensorMemory.Of(predicted).Slice(i * length, length)), CancellationToken.None);
        }

        // An array, because PowerShell cannot index the list type that a collection expression creates.
        return names.Select((name, k) => ScoreRoi(name, [.. counts.Select((c, i) => samples[i].IsDrawn(k + 1) ? c[k].Dice : null)])).ToArray();
    }

    private static RoiScore ScoreRoi(string name, double?[] scores) =>
        new(name, scores.Average() ?? double.NaN, scores.Count(score => score is not null));

    private torch.Tensor ToDevice(Sample[] batch, torch.Device device)
    {
        HostBatch read = BatchSampler.Read(batch, preprocessing.Shape, _buffer);
        return BatchSampler.ToTensors(read.Images!, read.Labels!, read.Count, preprocessing.Shape, device).Images;
    }

    private static byte[] LabelsOf(Sample sample)
    {
        using RentedSlice slice = sample.Pixels!.Open();
        return [.. slice.Roi];
    }

    private OverlapCounts[] Count(Sample sample, ReadOnlySpan<float> probabilities)
    {
        int size = preprocessing.InputSize;
        ResizeGeometry geometry = isFast ? ResizeGeometry.Of(size, size, size, ResizeMode.Stretch) : preprocessing.Geometry(sample.Rows, sample.Columns, sample.Spacing);
        int pixels = geometry.SourceRows * geometry.SourceColumns;
        byte[] found = ArrayPool<byte>.Shared.Rent(pixels);
        float[] confidence = ArrayPool<float>.Shared.Rent(pixels);
        try
        {
            Span<byte> mask = found.AsSpan(0, pixels);
            ProbabilityResampler.Restore(probabilities, names.Count + 1, geometry, preprocessing.LabelResampling, mask, confidence.AsSpan(0, pixels));
            byte[] truth = isFast ? LabelsOf(sample) : sample.Pixels!.ReadTruth().Unpack();
            IgnoredPixels.Exclude(truth, mask);
            return OverlapCounts.Of(truth, mask, names.Count);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(found);
            ArrayPool<float>.Shared.Return(confidence);
        }
    }
}
