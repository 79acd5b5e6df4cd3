using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Layers;

/// <summary>The building blocks of the network as torch operations, which torch differentiates: for GPUs and other devices of torch.</summary>
/// <param name="operations">The operations that compute the layers.</param>
/// <param name="drop">Applies dropout.</param>
internal sealed class TorchLayers(LayerOperations operations, Func<Tensor, Tensor> drop) : NetworkLayers
{
    /// <inheritdoc/>
    public override Tensor Convolve(in LayerParameters layer, Tensor x, int stride, int padding, int dilation) =>
        Activate(layer, operations.Convolve(x, layer.Weight, layer.Bias, stride, padding, dilation));

    /// <inheritdoc/>
    public override Tensor ConvolveAndAdd(in LayerParameters layer, Tensor x, Tensor? other, int padding, int dilation, bool drops)
    {
        Tensor sum = Convolve(layer, x, stride: 1, padding, dilation);
        sum = other is null ? sum : sum.Plus(other);
        return drops ? drop(sum) : sum;
    }

    /// <inheritdoc/>
    public override Tensor Upsample(in LayerParameters layer, Tensor x) =>
        Activate(layer, operations.Upsample(x, layer.Weight, layer.Bias));

    /// <inheritdoc/>
    public override Tensor Join(Tensor first, Tensor second) => cat([first, second], 1);

    /// <inheritdoc/>
    public override Tensor Map(Tensor weight, Tensor bias, Tensor x) =>
        operations.Convolve(x, weight, bias, stride: 1, padding: 0, dilation: 1).softmax(1);

    /// <inheritdoc/>
    public override Tensor Pass(Tensor x) => x;

    private Tensor Activate(in LayerParameters layer, Tensor x) =>
        operations.Rectify(layer.Norm is null ? x : operations.Normalize(x, layer.Norm), layer.Slope);
}
