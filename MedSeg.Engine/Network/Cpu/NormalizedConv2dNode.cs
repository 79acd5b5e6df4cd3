using MedSeg.Network.Layers;
using MedSeg.Tensors;

namespace MedSeg.Network.Cpu;

/// <summary>A convolution and the instance normalization that follows it.</summary>
internal sealed unsafe class NormalizedConv2dNode : Conv2dNode
{
    private readonly Conv2dNode _convolution;
    private readonly NormParameters _norm;
    private readonly ChannelsLastView _convolved;
    private readonly InstanceNormKernel _kernel;

    /// <summary>Initializes a new instance of the <see cref="NormalizedConv2dNode"/> class.</summary>
    /// <param name="convolution">The convolution, which the node owns.</param>
    /// <param name="norm">The parameters of the normalization.</param>
    public NormalizedConv2dNode(Conv2dNode convolution, NormParameters norm)
    {
        _convolution = convolution;
        _norm = norm;
        _convolved = convolution.Values;
        _kernel = new InstanceNormKernel(_convolved);
        Values = ChannelsLastView.Empty(_convolved.Images, _convolved.Height, _convolved.Width, _convolved.Channels);
        _kernel.Forward(TensorMemory.Start(norm.Scale), TensorMemory.Start(norm.Shift), Values);
    }

    /// <inheritdoc/>
    public override ChannelsLastView Values { get; }

    /// <inheritdoc/>
    public override bool IsActivated => false;

    /// <inheritdoc/>
    public override bool LeavesBias => false;

    /// <inheritdoc/>
    public override TorchSharp.torch.Tensor? Backward(ChannelsLastView gradient)
    {
        _kernel.Backward(gradient, TensorMemory.Start(_norm.Scale), TensorMemory.Start(_norm.Scale.grad!), TensorMemory.Start(_norm.Shift.grad!));
        return _convolution.Backward(gradient);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _convolved.Dispose();
        _convolution.Dispose();
    }
}
