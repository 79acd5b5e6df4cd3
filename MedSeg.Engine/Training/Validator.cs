using MedSeg.Data;
using MedSeg.Network;
using TorchSharp;

namespace MedSeg.Training;

/// <summary>Scores a network on whole slices that it has not learned from.</summary>
internal static class Validator
{
    /// <summary>Computes the Dice score of each ROI, as <see cref="RoiScore"/> describes it.</summary>
    public static IReadOnlyList<RoiScore> Score(PyramidNetwork network, IReadOnlyList<Sample> samples, IReadOnlyList<string> names, int batchSize, torch.Device device)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        int size = network.Options.InputSize;
        int plane = size * size;
        var all = new List<torch.Tensor>();
        for (int first = 0; first < samples.Count; first += batchSize)
        {
            using DisposeScope step = torch.NewDisposeScope();
            int count = Math.Min(batchSize, samples.Count - first);
            float[] images = new float[count * plane];
            byte[] labels = new byte[count * plane];
            for (int i = 0; i < count; i++)
            {
                using SliceLease slice = samples[first + i].Pixels!.Open();
                slice.Image.CopyTo(images, i * plane);
                slice.Roi.CopyTo(labels, i * plane);
            }

            all.Add(Count(network, images, labels, count, names.Count, device).MoveToOuterDisposeScope());
        }

        float[] counts = torch.cat(all, 0).cpu().data<float>().ToArray();

        // An array: PowerShell finds no index in the list that a collection expression makes.
        return names.Select((name, k) => ScoreRoi(name, k, names.Count, samples.Count, counts)).ToArray();
    }

    /// <summary>Counts the pixels of a batch: for each slice and ROI those in both truth and prediction, and the sum of each one's.</summary>
    /// <returns>[B, K, 2] float32, on the device.</returns>
    internal static torch.Tensor Count(PyramidNetwork network, float[] images, byte[] labels, int count, int roiCount, torch.Device device)
    {
        using IDisposable noGradient = torch.no_grad();
        using DisposeScope scope = torch.NewDisposeScope();
        (torch.Tensor image, torch.Tensor label) = BatchSource.ToTensors(images, labels, count, network.Options.InputSize, device);
        torch.Tensor predicted = network.Forward(image, training: false).Stage2.argmax(1).to(torch.ScalarType.Byte);
        torch.Tensor truth = DiceLoss.OneHot(label, roiCount);
        torch.Tensor found = DiceLoss.OneHot(predicted, roiCount);
        return torch.stack([(truth * found).sum([2, 3]), truth.sum([2, 3]).Plus(found.sum([2, 3]))], 2).MoveToOuterDisposeScope();
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
