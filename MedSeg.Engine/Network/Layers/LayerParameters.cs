using static TorchSharp.torch;

namespace MedSeg.Network.Layers;

/// <summary>The parameters of a convolution and of the PReLU that follows it.</summary>
/// <param name="Weight">The kernel, [O, C, h, w]; of a transposed convolution [C, O, h, w].</param>
/// <param name="Bias">The bias, [O].</param>
/// <param name="Slope">The factor of what is below zero, [O].</param>
internal readonly record struct LayerParameters(Tensor Weight, Tensor Bias, Tensor Slope);
