using static TorchSharp.torch;

namespace MedSeg.Network.Layers;

/// <summary>The parameters of a convolution, of the normalization and of the PReLU that follow it.</summary>
/// <param name="Weight">The kernel, [O, C, h, w]; [C, O, h, w] for a transposed convolution.</param>
/// <param name="Bias">The bias, [O].</param>
/// <param name="Slope">The PReLU factors of negative values, [O]; null where no activation follows.</param>
/// <param name="Norm">The instance normalization between convolution and PReLU; null for none. It cancels the bias, which is then constant.</param>
internal sealed record LayerParameters(Tensor Weight, Tensor Bias, Tensor? Slope, NormParameters? Norm = null)
{
    private LayerPointers? _pointers;

    /// <summary>Gets where the parameters and their gradients are in memory, which must be the CPU's.</summary>
    public LayerPointers Pointers => _pointers ??= new LayerPointers(this);
}
