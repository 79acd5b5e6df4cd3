using static TorchSharp.torch;

namespace MedSeg.Network.Layers;

/// <summary>The parameters of an instance normalization (Ulyanov et al. 2016).</summary>
/// <param name="Scale">The factor of the normalized values, [O].</param>
/// <param name="Shift">What is added to them, [O].</param>
internal sealed record NormParameters(Tensor Scale, Tensor Shift)
{
    /// <summary>What is added to the variance, so that a constant image stays finite.</summary>
    public const double Epsilon = 1e-5;
}
