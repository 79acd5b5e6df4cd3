using MedSeg.Network.Layers;
using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>A convolution that <see cref="Avx2Conv2d"/> computes.</summary>
internal sealed unsafe class Avx2Conv2dNode : Conv2dNode
{
    private readonly LayerParameters _layer;
    private readonly Tensor _x;
    private readonly Conv2dGeometry _geometry;
    private readonly bool _isTransposed;
    private readonly bool _wantsInput;

    /// <summary>Initializes a new instance of the <see cref="Avx2Conv2dNode"/> class; see <see cref="Conv2dNode.Compute"/>.</summary>
    public Avx2Conv2dNode(in LayerParameters layer, Tensor x, in Conv2dGeometry geometry, bool isTransposed, bool wantsInput, PReluEpilogue? activation = null)
    {
        (_layer, _x, _geometry, _isTransposed, _wantsInput) = (layer, x, geometry, isTransposed, wantsInput);
        IsActivated = activation is not null;
        using ChannelsLastView rows = ChannelsLastView.Of(x);
        int outputs = (int)layer.Bias.shape[0];
        float* weights = TensorMemory.Weights(layer.Weight);
        float* bias = TensorMemory.Start(layer.Bias);
        if (isTransposed)
        {
            Values = ChannelsLastView.Empty(rows.Images, rows.Height * geometry.Stride, rows.Width * geometry.Stride, outputs);
            Avx2Conv2d.Transposed(rows, weights, bias, geometry, Values, activation);
        }
        else
        {
            Values = ChannelsLastView.Empty(rows.Images, geometry.Coarse(rows.Height), geometry.Coarse(rows.Width), outputs);
            Avx2Conv2d.Forward(rows, weights, bias, geometry, Values, activation);
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
        Avx2WeightGradient.Add(coarse, fine, _geometry, TensorMemory.Weights(_layer.Weight.grad!));
        if (!_wantsInput)
        {
            return null;
        }

        using ChannelsLastView back = ChannelsLastView.Empty(x.Images, x.Height, x.Width, x.Channels);
        float* weights = TensorMemory.Weights(_layer.Weight);
        if (_isTransposed)
        {
            Avx2Conv2d.Forward(gradient, weights, bias: null, _geometry, back);
        }
        else
        {
            Avx2Conv2d.Transposed(gradient, weights, bias: null, _geometry, back);
        }

        return back.ToImage();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        // The images and the parameters belong to others.
    }
}
