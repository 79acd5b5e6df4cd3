using MedSeg.Devices;
using MedSeg.Network.Layers;
using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>A convolution that MedSeg's own kernels compute: directly, or by Winograd's minimal filtering.</summary>
internal sealed unsafe class Avx2Conv2dNode : Conv2dNode
{
    private readonly LayerParameters _layer;
    private readonly Tensor _x;
    private readonly Conv2dGeometry _geometry;
    private readonly bool _isTransposed;
    private readonly bool _wantsInput;
    private readonly ConvolutionPath _path;

    /// <summary>Initializes a new instance of the <see cref="Avx2Conv2dNode"/> class; see <see cref="Conv2dNode.Compute"/>.</summary>
    public Avx2Conv2dNode(in LayerParameters layer, Tensor x, in Conv2dGeometry geometry, bool isTransposed, bool wantsInput, ConvolutionPath path, PReluEpilogue? activation = null)
    {
        (_layer, _x, _geometry, _isTransposed, _wantsInput, _path) = (layer, x, geometry, isTransposed, wantsInput, path);
        IsActivated = activation is not null;
        using ChannelsLastView rows = ChannelsLastView.Of(x);
        int outputs = (int)layer.Bias.shape[0];
        float* weights = TensorMemory.Weights(layer.Weight);
        float* bias = TensorMemory.Start(layer.Bias);
        if (isTransposed)
        {
            Values = ChannelsLastView.Empty(rows.Images, rows.Height * geometry.Stride, rows.Width * geometry.Stride, outputs);
            Transposed(rows, weights, bias, Values, activation);
        }
        else
        {
            Values = ChannelsLastView.Empty(rows.Images, geometry.Coarse(rows.Height), geometry.Coarse(rows.Width), outputs);
            Forward(rows, weights, bias, Values, activation);
        }
    }

    /// <inheritdoc/>
    public override ChannelsLastView Values { get; }

    /// <inheritdoc/>
    public override bool IsActivated { get; }

    /// <inheritdoc/>
    public override bool LeavesBias => true;

    /// <inheritdoc/>
    public override Tensor? Backward(ChannelsLastView gradient)
    {
        using ChannelsLastView x = ChannelsLastView.Of(_x);
        (ChannelsLastView coarse, ChannelsLastView fine) = _isTransposed ? (x, gradient) : (gradient, x);
        AddWeightGradient(coarse, fine, TensorMemory.Weights(_layer.Weight.grad!));
        if (!_wantsInput)
        {
            return null;
        }

        using ChannelsLastView back = ChannelsLastView.Empty(x.Images, x.Height, x.Width, x.Channels);
        float* weights = TensorMemory.Weights(_layer.Weight);
        if (_isTransposed)
        {
            Forward(gradient, weights, bias: null, back);
        }
        else
        {
            Transposed(gradient, weights, bias: null, back);
        }

        return back.ToImage();
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
