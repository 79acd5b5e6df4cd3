using static TorchSharp.torch;

namespace MedSeg.Network.Layers;

/// <summary>The parameters of a convolution, of the normalization and of the PReLU that follow it.</summary>
/// <param name="Weight">The kernel, [O, C, h, w]; [C, O, h, w] for a transposed convolution.</param>
/// <param name="Bias">The bias, [O].</param>
/// <param name="Slope">The PReLU factors of negative values, [O].</param>
/// <param name="Norm">The instance normalization between convolution and PReLU; null for none. It cancels the bias, which is then constant.</param>
internal readonly record struct LayerParameters(Tensor Weight, Tensor Bias, Tensor Slope, NormParameters? Norm = null);
