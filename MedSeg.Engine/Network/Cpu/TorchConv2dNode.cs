using MedSeg.Network.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>A convolution that torch computes and differentiates, independently of all others.</summary>
internal sealed class TorchConv2dNode : Conv2dNode
{
    private readonly Tensor _x;
    private readonly Tensor _result;
    private readonly bool _wantsInput;

    /// <summary>Initializes a new instance of the <see cref="TorchConv2dNode"/> class; see <see cref="Conv2dNode.Compute"/>.</summary>
    public TorchConv2dNode(LayerParameters layer, ChannelsLastView x, in Conv2dGeometry geometry, bool isTransposed, bool wantsInput)
    {
        using DisposeScope scope = NewDisposeScope();
        _x = x.ToImage().DetachFromDisposeScope();
        _x.requires_grad = wantsInput;
        _wantsInput = wantsInput;
        Tensor y = isTransposed
            ? nn.functional.conv_transpose2d(_x, layer.Weight, layer.Bias, strides: [geometry.Stride, geometry.Stride])
            : nn.functional.conv2d(_x, layer.Weight, layer.Bias, [geometry.Stride, geometry.Stride], [geometry.Padding, geometry.Padding], [geometry.Dilation, geometry.Dilation]);
        Values = ChannelsLastView.Of(y);

        // Torch does not require the values to differentiate the convolution.
        using IDisposable noGradient = no_grad();
        _result = y.set_(zeros(1).expand(y.shape)).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override ChannelsLastView Values { get; }

    /// <inheritdoc/>
    public override bool IsActivated => false;

    /// <inheritdoc/>
    public override bool LeavesBias => false;

    /// <inheritdoc/>
    public override ChannelsLastView ComputeAgain(Func<ChannelsLastView> x) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override ChannelsLastView? Backward(ChannelsLastView gradient, ChannelsLastView x, JoinedGradient? joined = null)
    {
        using Tensor image = gradient.ToImage();
        _result.backward([image]);
        if (!_wantsInput)
        {
            return null;
        }

        using Tensor own = _x.grad!;
        return ChannelsLastView.Of(own);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _result.Dispose();
        _x.Dispose();
    }
}
