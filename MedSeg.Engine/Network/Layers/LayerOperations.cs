using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Network.Layers;

/// <summary>
/// The operations of the layers of networks, as torch computes them. Overrides replace them where torch has no implementation, as on its
/// meta device.
/// </summary>
internal class LayerOperations
{
    /// <summary>Convolves [B, C, H, W] with a kernel [O, C, h, w] and adds a bias [O].</summary>
    public virtual Tensor Convolve(Tensor x, Tensor weight, Tensor bias, int stride, int padding, int dilation) =>
        functional.conv2d(x, weight, bias, [stride, stride], [padding, padding], [dilation, dilation]);

    /// <summary>Convolves [B, C, H, W] transposed with a kernel [C, O, 2, 2], stride 2, and adds a bias [O]: [B, O, 2H, 2W].</summary>
    public virtual Tensor Upsample(Tensor x, Tensor weight, Tensor bias) =>
        functional.conv_transpose2d(x, weight, bias, strides: [2, 2]);

    /// <summary>Normalizes each channel of each image to mean 0 and variance 1, then scales and shifts it (Ulyanov et al. 2016).</summary>
    public virtual Tensor Normalize(Tensor x, NormParameters norm) =>
        functional.instance_norm(x, weight: norm.Scale, bias: norm.Shift, use_input_stats: true, eps: NormParameters.Epsilon);

    /// <summary>Applies PReLU: multiplies negative values by the slope of their channel, [C] (He et al. 2015).</summary>
    public virtual Tensor Rectify(Tensor x, Tensor slope) => functional.prelu(x, slope);
}
