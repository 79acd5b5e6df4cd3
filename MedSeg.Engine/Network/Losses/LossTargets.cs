using MedSeg.Labels;
using MedSeg.Network.Definition;
using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>
/// The labels of a batch at the sizes of a network's outputs. A pixel of a smaller output gets the label that covers most of its area; of
/// labels that cover the same, the one with the lowest number.
/// </summary>
/// <param name="labels">The ROI numbers 0 to K, and 255 for ignored pixels, [B, S, S] uint8.</param>
/// <param name="roiCount">The number K of ROIs.</param>
/// <param name="hasIgnored">Whether pixels may be ignored. Looking at the labels of each batch would wait for the device.</param>
/// <param name="drawn">Ones for the ROIs that were drawn in a slice, and zeros for others, [B, K] float32; null if all were.</param>
internal sealed class LossTargets(Tensor labels, int roiCount, bool hasIgnored = false, Tensor? drawn = null)
{
    // Each network has an output at full size. Its labels live as long as the scope in which the targets are made; those of smaller
    // outputs, which only the loss reads, as long as that of the loss.
    private readonly Dictionary<long, LossTarget> _bySide = new() { [labels.shape[1]] = TargetOf(labels, roiCount, hasIgnored, drawn) };

    /// <summary>Returns the labels at the size of an output.</summary>
    /// <param name="output">The output, whose side divides S.</param>
    public LossTarget At(NetworkOutput output)
    {
        long side = output.Probabilities.shape[2];
        if (!_bySide.TryGetValue(side, out LossTarget? target))
        {
            using IDisposable noGradient = no_grad();
            target = TargetOf(Reduce(side), roiCount, hasIgnored, drawn);
            _bySide.Add(side, target);
        }

        return target;
    }

    private static LossTarget TargetOf(Tensor labels, int roiCount, bool hasIgnored, Tensor? drawn)
    {
        Tensor truth = DiceLoss.OneHot(labels, first: 1, roiCount);
        return new LossTarget(labels, truth, truth.sum([2, 3])) { Known = hasIgnored ? Ignored(labels).Times(-1).Plus(1) : null, Drawn = drawn };
    }

    private Tensor Reduce(long side)
    {
        long block = labels.shape[1] / side;
        Tensor planes = DiceLoss.OneHot(labels, first: 0, roiCount + 1);
        planes = hasIgnored ? cat([planes, Ignored(labels)], 1) : planes;
        Tensor areas = planes.view(labels.shape[0], planes.shape[1], side, block, side, block).sum([3, 5]);
        Tensor index = areas.argmax(1);
        if (!hasIgnored)
        {
            return index.to(ScalarType.Byte);
        }

        // The last plane is that of ignored pixels.
        Tensor ignored = index.eq(TensorMath.Numbers(roiCount + 1, 1, ScalarType.Int64, labels.device)).to(ScalarType.Float32);
        return index.Plus(ignored.Times(IgnoredPixels.Number - roiCount - 1)).to(ScalarType.Byte);
    }

    // Ones where pixels are ignored. The numbers are of a wider type, because arange computes the one after the last, too.
    private static Tensor Ignored(Tensor labels)
    {
        using Tensor number = TensorMath.Numbers(IgnoredPixels.Number, 1, ScalarType.Int16, labels.device).view(1, 1, 1, 1);
        return labels.unsqueeze(1).eq(number).to(ScalarType.Float32);
    }
}
