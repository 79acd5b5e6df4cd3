using MedSeg.Devices;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Network.Layers;

/// <summary>
/// The operations of the layers with fewer bits than float32: convolutions round their factors to the type and add up in float32, and images have
/// the type in memory. Parameters stay float32: each step rounds copies of them, through which torch returns the gradients to the float32
/// parameters. Statistics of normalizations are float32. This is what PyTorch calls autocast, which TorchSharp does not have.
/// </summary>
/// <param name="type">The type: bfloat16 or float16.</param>
internal sealed class NarrowOperations(ScalarType type) : LayerOperations
{
    /// <summary>Gets the type of images and factors.</summary>
    public ScalarType Type => type;

    /// <summary>Makes the operations of a precision.</summary>
    /// <param name="precision">The precision, not Auto.</param>
    /// <returns>The operations; null for float32.</returns>
    public static NarrowOperations? For(Precision precision) => precision switch
    {
        Precision.Float32 => null,
        Precision.BFloat16 => new NarrowOperations(ScalarType.BFloat16),
        Precision.Float16 => new NarrowOperations(ScalarType.Float16),
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "The precision was not settled."),
    };

    /// <inheritdoc/>
    public override Tensor Convolve(Tensor x, Tensor weight, Tensor bias, int stride, int padding, int dilation)
    {
        using Tensor narrow = x.to(type);
        using Tensor kernel = weight.to(type);
        using Tensor shift = bias.to(type);
        return functional.conv2d(narrow, kernel, shift, [stride, stride], [padding, padding], [dilation, dilation]);
    }

    /// <inheritdoc/>
    public override Tensor Upsample(Tensor x, Tensor weight, Tensor bias)
    {
        using Tensor narrow = x.to(type);
        using Tensor kernel = weight.to(type);
        using Tensor shift = bias.to(type);
        return functional.conv_transpose2d(narrow, kernel, shift, strides: [2, 2]);
    }

    /// <inheritdoc/>
    public override Tensor Rectify(Tensor x, Tensor slope)
    {
        using Tensor narrow = slope.to(type);
        return functional.prelu(x, narrow);
    }
}
