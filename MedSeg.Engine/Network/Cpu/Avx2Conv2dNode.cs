using MedSeg.Devices;
using MedSeg.Network.Layers;

namespace MedSeg.Network.Cpu;

/// <summary>A convolution that MedSeg's own kernels compute: directly, or by Winograd's minimal filtering.</summary>
internal sealed unsafe class Avx2Conv2dNode : Conv2dNode
{
    private readonly LayerPointers _layer;
    private readonly Conv2dGeometry _geometry;
    private readonly bool _isTransposed;
    private readonly bool _wantsInput;
    private readonly ConvolutionPath _path;
    private readonly ImageArena _arena;
    private readonly bool _isNarrow;
    private readonly PReluEpilogue? _activation;

    /// <summary>Initializes a new instance of the <see cref="Avx2Conv2dNode"/> class; see <see cref="Conv2dNode.Compute"/>.</summary>
    public Avx2Conv2dNode(LayerPointers layer, ChannelsLastView x, in Conv2dGeometry geometry, bool isTransposed, bool wantsInput, ConvolutionPath path, in ImageStorage storage, PReluEpilogue? activation = null, KeptWeights? kept = null, int room = 0)
    {
        (_layer, _geometry, _isTransposed, _wantsInput, _path, _arena, _isNarrow, _activation) = (layer, geometry, isTransposed, wantsInput, path, storage.Arena, storage.IsNarrow, activation);
        Values = Compute(x, storage.KeepsValues, kept, room);
    }

    /// <inheritdoc/>
    public override ChannelsLastView Values { get; }

    /// <inheritdoc/>
    public override bool IsActivated => _activation is not null;

    /// <inheritdoc/>
    public override bool LeavesBias => true;

    /// <inheritdoc/>
    public override ChannelsLastView ComputeAgain(Func<ChannelsLastView> x) => Compute(x(), isKept: false);

    /// <inheritdoc/>
    public override bool CanSplit => !_isTransposed;

    /// <inheritdoc/>
    public override ChannelsLastView? Backward(ChannelsLastView gradient, ChannelsLastView x, JoinedGradient? joined = null)
    {
        (ChannelsLastView coarse, ChannelsLastView fine) = _isTransposed ? (x, gradient) : (gradient, x);
        AddWeightGradient(coarse, fine, _layer.WeightGradient);
        if (!_wantsInput)
        {
            return null;
        }

        if (joined is var (first, adds))
        {
            var rest = ChannelsLastView.Empty(_arena, x.Images, x.Height, x.Width, x.Channels - first.Channels, isNarrow: x.IsNarrow);
            Transposed(gradient, new Conv2dOutput(first, bias: null, activation: null, adds ? first : null, rest));
            return rest;
        }

        ChannelsLastView back = x.EmptyLike(_arena);
        if (_isTransposed)
        {
            Forward(gradient, _layer.Weight, bias: null, back);
        }
        else
        {
            Transposed(gradient, new Conv2dOutput(back, bias: null, activation: null));
        }

        return back;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The images and the parameters belong to others.
    }

    private ChannelsLastView Compute(ChannelsLastView x, bool isKept, KeptWeights? kept = null, int room = 0)
    {
        if (_isTransposed)
        {
            var fine = ChannelsLastView.Empty(_arena, x.Images, x.Height * _geometry.Stride, x.Width * _geometry.Stride, _layer.Outputs, isKept, room, _isNarrow);
            Transposed(x, new Conv2dOutput(fine, _layer.Bias, _activation), kept);
            return fine;
        }

        var coarse = ChannelsLastView.Empty(_arena, x.Images, _geometry.Coarse(x.Height), _geometry.Coarse(x.Width), _layer.Outputs, isKept, isNarrow: _isNarrow);
        Forward(x, _layer.Weight, _layer.Bias, coarse, _activation, kept);
        return coarse;
    }

    private void Forward(ChannelsLastView fine, float* weights, float* bias, ChannelsLastView coarse, PReluEpilogue? activation = null, KeptWeights? kept = null)
    {
        if (WinogradChoice.IsChosen(_path, _geometry, fine, fine.Channels, coarse.Channels))
        {
            WinogradConv2d.Forward(fine, weights, bias, _geometry.Dilation, coarse, activation, kept);
        }
        else
        {
            Avx2Conv2d.Forward(fine, weights, bias, _geometry, coarse, activation, kept);
        }
    }

    private void Transposed(ChannelsLastView coarse, Conv2dOutput fine, KeptWeights? kept = null)
    {
        if (WinogradChoice.IsChosen(_path, _geometry, coarse, coarse.Channels, fine.Channels))
        {
            WinogradConv2d.Transposed(coarse, _layer.Weight, _geometry.Dilation, fine, kept);
        }
        else
        {
            Avx2Conv2d.Transposed(coarse, _layer.Weight, _geometry, fine, kept);
        }
    }

    private void AddWeightGradient(ChannelsLastView coarse, ChannelsLastView fine, float* gradient)
    {
        if (WinogradChoice.IsChosenForWeights(_path, _geometry, coarse, fine.Channels, coarse.Channels))
        {
            WinogradWeightGradient.Add(coarse, fine, _geometry.Dilation, gradient);
        }
        else
        {
            Avx2WeightGradient.Add(coarse, fine, _geometry, gradient);
        }
    }
}
