using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>The labels of a batch at the size of an output.</summary>
/// <param name="Labels">The ROI numbers 0 to K, [B, s, s] uint8.</param>
/// <param name="Truth">A plane of zeros and ones for each ROI, [B, K, s, s] float32.</param>
/// <param name="Squares">The sum of the squares of each plane, [B, K].</param>
internal sealed record LossTarget(Tensor Labels, Tensor Truth, Tensor Squares);
