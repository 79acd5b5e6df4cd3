using MedSeg.Network.Layers;

namespace MedSeg.Network.Cpu;

/// <summary>A convolution and the instance normalization that follows it.</summary>
internal sealed unsafe class NormalizedConv2dNode : Conv2dNode
{
    private readonly Conv2dNode _convolution;
    private readonly LayerPointers _layer;
    private readonly ChannelsLastView _convolved;
    private readonly InstanceNormKernel _kernel;
    private readonly ImageArena _arena;

    /// <summary>Initializes a new instance of the <see cref="NormalizedConv2dNode"/> class.</summary>
    /// <param name="convolution">The convolution, which the node owns.</param>
    /// <param name="layer">The parameters of the normalization.</param>
    /// <param name="storage">Where and how the values are stored.</param>
    public NormalizedConv2dNode(Conv2dNode convolution, LayerPointers layer, in ImageStorage storage)
    {
        _convolution = convolution;
        _layer = layer;
        _convolved = convolution.Values;
        _kernel = new InstanceNormKernel(_convolved);
        _arena = storage.Arena;
        Values = Normalize(storage.KeepsValues);
    }

    /// <inheritdoc/>
    public override ChannelsLastView Values { get; }

    /// <inheritdoc/>
    public override bool IsActivated => false;

    /// <inheritdoc/>
    public override bool LeavesBias => false;

    /// <inheritdoc/>
    public override ChannelsLastView ComputeAgain(Func<ChannelsLastView> x) => Normalize(isKept: false);

    /// <inheritdoc/>
    public override bool CanSplit => _convolution.CanSplit;

    /// <inheritdoc/>
    public override ChannelsLastView? Backward(ChannelsLastView gradient, ChannelsLastView x, JoinedGradient? joined = null)
    {
        _kernel.Backward(gradient, _layer.Scale, _layer.ScaleGradient, _layer.ShiftGradient);
        return _convolution.Backward(gradient, x, joined);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _convolved.Dispose();
        _convolution.Dispose();
    }

    private ChannelsLastView Normalize(bool isKept)
    {
        ChannelsLastView values = _convolved.EmptyLike(_arena, isKept);
        _kernel.Forward(_layer.Scale, _layer.Shift, values);
        return values;
    }
}
