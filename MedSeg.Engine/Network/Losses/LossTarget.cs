using static TorchSharp.torch;

namespace MedSeg.Network.Losses;

/// <summary>The labels of a batch at the size of an output.</summary>
/// <param name="Labels">The ROI numbers 0 to K, and 255 for ignored pixels, [B, s, s] uint8.</param>
/// <param name="Truth">A plane of zeros and ones for each ROI, [B, K, s, s] float32.</param>
/// <param name="Squares">The sum of the squares of each plane, [B, K].</param>
internal sealed record LossTarget(Tensor Labels, Tensor Truth, Tensor Squares)
{
    /// <summary>Gets a plane of zeros where pixels are ignored, and ones elsewhere, [B, 1, s, s] float32; null if no pixel of the data set is ignored.</summary>
    public Tensor? Known { get; init; }

    /// <summary>Sets values to zero where pixels are ignored.</summary>
    /// <param name="planes">[B, N, s, s].</param>
    public Tensor OnlyKnown(Tensor planes) => Known is null ? planes : planes * Known;
}
