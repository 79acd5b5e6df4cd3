using MedSeg.Devices;
using MedSeg.Network.Layers;

namespace MedSeg.Network.Cpu;

/// <summary>A convolution that MedSeg's own kernels compute: directly, or by Winograd's minimal filtering.</summary>
internal sealed unsafe class Avx2Conv2dNode : Conv2dNode
{
    private readonly LayerPointers _layer;
    private readonly ChannelsLastView _x;
    private readonly Conv2dGeometry _geometry;
    private readonly bool _isTransposed;
    private readonly bool _wantsInput;
    private readonly ConvolutionPath _path;
    private readonly ImageArena _arena;

    /// <summary>Initializes a new instance of the <see cref="Avx2Conv2dNode"/> class; see <see cref="Conv2dNode.Compute"/>.</summary>
    public Avx2Conv2dNode(LayerPointers layer, ChannelsLastView x, in Conv2dGeometry geometry, bool isTransposed, bool wantsInput, ConvolutionPath path, ImageArena arena, PReluEpilogue? activation = null)
    {
        (_layer, _x, _geometry, _isTransposed, _wantsInput, _path, _arena) = (layer, x, geometry, isTransposed, wantsInput, path, arena);
        IsActivated = activation is not null;
        if (isTransposed)
        {
            Values = ChannelsLastView.Empty(arena, x.Images, x.Height * geometry.Stride, x.Width * geometry.Stride, layer.Outputs);
            Transposed(x, layer.Weight, layer.Bias, Values, activation);
        }
        else
        {
            Values = ChannelsLastView.Empty(arena, x.Images, geometry.Coarse(x.Height), geometry.Coarse(x.Width), layer.Outputs);
            Forward(x, layer.Weight, layer.Bias, Values, activation);
        }
    }

    /// <inheritdoc/>
    public override ChannelsLastView Values { get; }

    /// <inheritdoc/>
    public override bool IsActivated { get; }

    /// <inheritdoc/>
    public override bool LeavesBias => true;

    /// <inheritdoc/>
    public override ChannelsLastView? Backward(ChannelsLastView gradient)
    {
        (ChannelsLastView coarse, ChannelsLastView fine) = _isTransposed ? (_x, gradient) : (gradient, _x);
        AddWeightGradient(coarse, fine, _layer.WeightGradient);
        if (!_wantsInput)
        {
            return null;
        }

        ChannelsLastView back = _x.EmptyLike(_arena);
        if (_isTransposed)
        {
            Forward(gradient, _layer.Weight, bias: null, back);
        }
        else
        {
            Transposed(gradient, _layer.Weight, bias: null, back);
        }

        return back;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The images and the parameters belong to others.
    }

    private void Forward(ChannelsLastView fine, float* weights, float* bias, ChannelsLastView coarse, PReluEpilogue? activation = null)
    {
        if (WinogradChoice.IsChosen(_path, _geometry, fine, fine.Channels, coarse.Channels))
        {
            WinogradConv2d.Forward(fine, weights, bias, _geometry.Dilation, coarse, activation);
        }
        else
        {
            Avx2Conv2d.Forward(fine, weights, bias, _geometry, coarse, activation);
        }
    }

    private void Transposed(ChannelsLastView coarse, float* weights, float* bias, ChannelsLastView fine, PReluEpilogue? activation = null)
    {
        if (WinogradChoice.IsChosen(_path, _geometry, coarse, coarse.Channels, fine.Channels))
        {
            WinogradConv2d.Transposed(coarse, weights, bias, _geometry.Dilation, fine, activation);
        }
        else
        {
            Avx2Conv2d.Transposed(coarse, weights, bias, _geometry, fine, activation);
        }
    }

    private void AddWeightGradient(ChannelsLastView coarse, ChannelsLastView fine, float* gradient)
    {
        if (WinogradChoice.IsChosenForWeights(_path, _geometry, coarse, coarse.Channels, fine.Channels))
        {
            WinogradWeightGradient.Add(coarse, fine, _geometry.Dilation, gradient);
        }
        else
        {
            Avx2WeightGradient.Add(coarse, fine, _geometry, gradient);
        }
    }
}
