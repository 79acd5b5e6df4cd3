using MedSeg.Network.Definition;
using MedSeg.Tensors;
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
    private readonly Dictionary<long, LossTarget> _bySide = [];

    /// <summary>Returns the labels at the size of an output.</summary>
    /// <param name="output">The output, whose side divides S.</param>
    public LossTarget At(NetworkOutput output)
    {
        long side = output.Probabilities.shape[2];
        if (!_bySide.TryGetValue(side, out LossTarget? target))
        {
            using IDisposable noGradient = no_grad();
            Tensor reduced = side == labels.shape[1] ? labels : Reduce(side);
            Tensor truth = DiceLoss.OneHot(reduced, roiCount);
            target = new LossTarget(reduced, truth, truth.sum([2, 3]));
            _bySide.Add(side, target);
        }

        return target;
    }

    private Tensor Reduce(long side)
    {
        long block = labels.shape[1] / side;
        Tensor numbers = TensorMath.Numbers(0, roiCount + 1, ScalarType.Byte, labels.device).view(1, -1, 1, 1);
        Tensor planes = labels.unsqueeze(1).eq(numbers).to(ScalarType.Float32);
        Tensor areas = planes.view(labels.shape[0], roiCount + 1, side, block, side, block).sum([3, 5]);
        return areas.argmax(1).to(ScalarType.Byte);
    }
}
