using MedSeg.Network.Definition;
using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>
/// The labels of a batch at the sizes of a network's outputs. A pixel of a smaller output gets the label that covers most of its area; of
/// labels that cover the same, the one with the lowest number.
/// </summary>
/// <param name="labels">The ROI numbers 0 to K, [B, S, S] uint8.</param>
/// <param name="roiCount">The number K of ROIs.</param>
internal sealed class LossTargets(Tensor labels, int roiCount)
{
    // Each network has an output at full size. Its labels live as long as the scope in which the targets are made; those of smaller
    // outputs, which only the loss reads, as long as that of the loss.
    private readonly Dictionary<long, LossTarget> _bySide = new() { [labels.shape[1]] = TargetOf(labels, roiCount) };

    /// <summary>Returns the labels at the size of an output.</summary>
    /// <param name="output">The output, whose side divides S.</param>
    public LossTarget At(NetworkOutput output)
    {
        long side = output.Probabilities.shape[2];
        if (!_bySide.TryGetValue(side, out LossTarget? target))
        {
            using IDisposable noGradient = no_grad();
            target = TargetOf(Reduce(side), roiCount);
            _bySide.Add(side, target);
        }

        return target;
    }

    private static LossTarget TargetOf(Tensor labels, int roiCount)
    {
        Tensor truth = DiceLoss.OneHot(labels, first: 1, roiCount);
        return new LossTarget(labels, truth, truth.sum([2, 3]));
    }

    private Tensor Reduce(long side)
    {
        long block = labels.shape[1] / side;
        Tensor planes = DiceLoss.OneHot(labels, first: 0, roiCount + 1);
        Tensor areas = planes.view(labels.shape[0], roiCount + 1, side, block, side, block).sum([3, 5]);
        return areas.argmax(1).to(ScalarType.Byte);
    }
}
