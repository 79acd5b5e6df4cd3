using MedSeg.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Network.Layers;

/// <summary>The building blocks of the network as torch operations, which torch differentiates: for GPUs and other devices of torch.</summary>
/// <param name="operations">The operations that compute the layers.</param>
/// <param name="drop">Applies dropout.</param>
internal sealed class TorchLayers(LayerOperations operations, Func<Tensor, Tensor> drop) : NetworkLayers<Tensor>
{
    /// <inheritdoc/>
    public override Tensor Input(Tensor image) => image.alias();

    /// <inheritdoc/>
    public override Tensor Output(Tensor probabilities) => probabilities;

    /// <inheritdoc/>
    public override Tensor Convolve(LayerParameters layer, Tensor x, int stride, int padding, int dilation) =>
        Activate(layer, operations.Convolve(x, layer.Weight, layer.Bias, stride, padding, dilation));

    /// <inheritdoc/>
    public override Tensor ConvolveAndAdd(LayerParameters layer, Tensor x, Tensor? other, int padding, int dilation, bool drops)
    {
        Tensor sum = Convolve(layer, x, stride: 1, padding, dilation);
        if (other is not null)
        {
            // The image may be of another type than what is computed of it.
            using Tensor convolved = sum;
            using Tensor added = other.to(convolved.dtype);
            sum = convolved.Plus(added);
        }

        return drops ? drop(sum) : sum;
    }

    /// <inheritdoc/>
    public override Tensor Upsample(LayerParameters layer, Tensor x, Tensor next) =>
        Activate(layer, operations.Upsample(x, layer.Weight, layer.Bias));

    /// <inheritdoc/>
    public override Tensor Join(Tensor first, Tensor second) => cat([first, second], 1);

    /// <inheritdoc/>
    public override Tensor Map(LayerParameters layer, Tensor x)
    {
        using Tensor values = operations.Convolve(x, layer.Weight, layer.Bias, stride: 1, padding: 0, dilation: 1);
        using Tensor exact = values.to(ScalarType.Float32);
        return exact.softmax(1);
    }

    /// <inheritdoc/>
    public override Tensor Shrink(Tensor x) => Resize(x, x.shape[2] / 2, x.shape[3] / 2);

    /// <inheritdoc/>
    public override Tensor Enlarge(Tensor x) => Resize(x, x.shape[2] * 2, x.shape[3] * 2);

    /// <inheritdoc/>
    public override void Release(Tensor x) => x.Dispose();

    private static Tensor Resize(Tensor x, long rows, long columns) =>
        functional.interpolate(x, [rows, columns], mode: InterpolationMode.Bilinear, align_corners: false);

    // Torch keeps what the backward pass requires.
    private Tensor Activate(LayerParameters layer, Tensor convolved)
    {
        using Tensor x = layer.Norm is null ? convolved : Normalize(convolved, layer.Norm);
        return operations.Rectify(x, layer.Slope!);
    }

    private Tensor Normalize(Tensor convolved, NormParameters norm)
    {
        using Tensor x = convolved;
        return operations.Normalize(x, norm);
    }
}
