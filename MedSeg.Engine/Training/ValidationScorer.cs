using MedSeg.Data.Samples;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Tensors;
using MedSeg.Training.Batches;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>Scores a network on whole slices that it was not trained on.</summary>
internal static class ValidationScorer
{
    /// <summary>Computes the Dice score of each ROI, as <see cref="RoiScore"/> describes it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="samples">The slices.</param>
    /// <param name="names">The names of the ROIs 1 to K.</param>
    /// <param name="batchSize">The number of slices that are computed at once.</param>
    /// <param name="device">The network's device.</param>
    /// <param name="resident">The same slices on the device, as its validation slices; null to copy them there.</param>
    public static IReadOnlyList<RoiScore> Score(
        SegmentationNetwork network, IReadOnlyList<Sample> samples, IReadOnlyList<string> names, int batchSize, torch.Device device, DeviceDataset? resident = null)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        int size = network.Options.InputSize;
        var all = new List<torch.Tensor>();
        for (int first = 0; first < samples.Count; first += batchSize)
        {
            using DisposeScope step = torch.NewDisposeScope();
            int count = Math.Min(batchSize, samples.Count - first);
            (torch.Tensor image, torch.Tensor label) = resident?.Validation(first, count) ?? ToDevice([.. samples.Skip(first).Take(count)], size, device);
            all.Add(Count(network, image, label, names.Count).MoveToOuterDisposeScope());
        }

        float[] counts = torch.cat(all, 0).cpu().data<float>().ToArray();

        // An array, because PowerShell cannot index the list type that a collection expression creates.
        return names.Select((name, k) => ScoreRoi(name, k, names.Count, samples.Count, counts)).ToArray();
    }

    /// <summary>Counts pixels for each slice and ROI: those in both truth and prediction, and the sum of both.</summary>
    /// <param name="network">The network.</param>
    /// <param name="image">The intensities, [B, 1, S, S] float32.</param>
    /// <param name="label">The ROI numbers, [B, S, S] uint8.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>[B, K, 2] float32, on the device.</returns>
    internal static torch.Tensor Count(SegmentationNetwork network, torch.Tensor image, torch.Tensor label, int roiCount)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor predicted = network.Predict(image).argmax(1).to(torch.ScalarType.Byte);
        torch.Tensor truth = DiceLoss.OneHot(label, roiCount);
        torch.Tensor found = DiceLoss.OneHot(predicted, roiCount);
        return torch.stack([(truth * found).sum([2, 3]), truth.sum([2, 3]).Plus(found.sum([2, 3]))], 2).MoveToOuterDisposeScope();
    }

    private static (torch.Tensor Images, torch.Tensor Labels) ToDevice(Sample[] samples, int size, torch.Device device)
    {
        HostBatch read = BatchSampler.Read(samples, size);
        return BatchSampler.ToTensors(read.Images!, read.Labels!, read.Count, size, device);
    }

    private static RoiScore ScoreRoi(string name, int roi, int rois, int slices, float[] counts)
    {
        double sum = 0;
        int present = 0;
        for (int slice = 0; slice < slices; slice++)
        {
            int at = 2 * ((slice * rois) + roi);
            if (counts[at + 1] > 0)
            {
                sum += 2 * counts[at] / counts[at + 1];
                present++;
            }
        }

        return new RoiScore(name, present > 0 ? sum / present : double.NaN, present);
    }
}
