using MedSeg.Network.Layers;
using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>The building blocks of the network as torch operations, which torch differentiates: for GPUs and other devices of torch.</summary>
/// <param name="operations">The operations that compute the layers.</param>
/// <param name="drop">Applies dropout.</param>
internal sealed class TorchLayers(LayerOperations operations, Func<Tensor, Tensor> drop) : PyramidLayers
{
    /// <inheritdoc/>
    public override Tensor Convolve(in LayerParameters layer, Tensor x, int stride, int padding, int dilation) =>
        operations.Rectify(operations.Convolve(x, layer.Weight, layer.Bias, stride, padding, dilation), layer.Slope);

    /// <inheritdoc/>
    public override Tensor ConvolveAndAdd(in LayerParameters layer, Tensor x, Tensor other, int padding, int dilation, bool drops)
    {
        Tensor sum = Convolve(layer, x, stride: 1, padding, dilation).Plus(other);
        return drops ? drop(sum) : sum;
    }

    /// <inheritdoc/>
    public override Tensor Upsample(in LayerParameters layer, Tensor x) =>
        operations.Rectify(operations.Upsample(x, layer.Weight, layer.Bias), layer.Slope);

    /// <inheritdoc/>
    public override Tensor Join(Tensor first, Tensor second) => cat([first, second], 1);

    /// <inheritdoc/>
    public override Tensor Map(Tensor weight, Tensor bias, Tensor x) =>
        operations.Convolve(x, weight, bias, stride: 1, padding: 0, dilation: 1).softmax(1);

    /// <inheritdoc/>
    public override Tensor Pass(Tensor x) => x;
}
