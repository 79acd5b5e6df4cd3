using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>A convolution by torch, which also differentiates it, apart from all others.</summary>
internal sealed class TorchConvolution : Convolution
{
    private readonly Tensor _result;

    /// <summary>Initializes a new instance of the <see cref="TorchConvolution"/> class; see <see cref="Convolution.Compute"/>.</summary>
    public TorchConvolution(in LayerParameters layer, Tensor x, in ConvolutionForm form, bool isTransposed, bool wantsInput)
    {
        using DisposeScope scope = NewDisposeScope();
        if (wantsInput)
        {
            x.requires_grad = true;
        }

        Tensor y = isTransposed
            ? nn.functional.conv_transpose2d(x, layer.Weight, layer.Bias, strides: [form.Stride, form.Stride])
            : nn.functional.conv2d(x, layer.Weight, layer.Bias, [form.Stride, form.Stride], [form.Padding, form.Padding], [form.Dilation, form.Dilation]);
        Values = PixelRows.Of(y);

        // Torch does not need the values to differentiate them.
        using IDisposable noGradient = no_grad();
        _result = y.set_(zeros(1).expand(y.shape)).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override PixelRows Values { get; }

    /// <inheritdoc/>
    public override bool IsActivated => false;

    /// <inheritdoc/>
    public override bool LeavesBias => false;

    /// <inheritdoc/>
    public override Tensor? Backward(PixelRows gradient)
    {
        using Tensor image = gradient.ToImage();
        _result.backward([image]);
        return null;
    }

    /// <inheritdoc/>
    public override void Dispose() => _result.Dispose();
}
