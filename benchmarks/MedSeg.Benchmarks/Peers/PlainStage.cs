using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Benchmarks.Peers;

/// <summary>A stage of the published network from torch's own operations, as pyramid_torch.py has it.</summary>
internal sealed class PlainStage : nn.Module<Tensor, Tensor>
{
    private const double DropoutRate = 0.3;
    private readonly PlainPrecision _precision;
    private readonly bool _isFirst;
    private readonly Dictionary<string, nn.Module<Tensor, Tensor>> _layers = [];

    /// <summary>Initializes a new instance of the <see cref="PlainStage"/> class.</summary>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="outputs">The number of output channels, K + 1.</param>
    /// <param name="width">The number of channels of the first level.</param>
    /// <param name="precision">The layout and the precision.</param>
    public PlainStage(int channels, int outputs, int width, PlainPrecision precision)
        : base(nameof(PlainStage))
    {
        _precision = precision;
        _isFirst = channels == 1;
        (int c1, int c2, int c3, int c4, int c5) = (width, 2 * width, 4 * width, 8 * width, 16 * width);
        Add("encoder1", Chain([1], channels, c1));
        Add("encoder2", Chain([1, 1], c2, c2, c2));
        Add("encoder3", Chain([1, 2, 4], c3, c3, c3, c3));
        Add("encoder4", Chain([3, 4, 5], c4, c4, c4, c4));
        Add("decoder1", Chain([1, 1, 1], c4, c5, c5, c5));
        Add("decoder2", Chain([1, 1, 1], c4 + c3, c4, c4, c4));
        Add("decoder3", Chain([1, 1], c3 + c2, c3, c3));
        Add("decoder4", Chain([1], c2 + c1, c2));
        Add("down_conv1", Down(c1, c2));
        Add("down_conv2", Down(c2, c3));
        Add("down_conv3", Down(c3, c4));
        Add("down_conv4", Chain([1], c4, c5));
        Add("up_conv1", Up(c5, c4));
        Add("up_conv2", Up(c4, c3));
        Add("up_conv3", Up(c3, c2));
        Add("map", nn.Sequential(PlainConvolution.Create(c2, outputs, side: 1, stride: 1, dilation: 1, precision)));
    }

    /// <inheritdoc/>
    // The operator + passes a number that the garbage collector may free during the call (TorchSharp 0.107), so a step would fail now and then.
    public override Tensor forward(Tensor input)
    {
        Tensor e1 = Layer("encoder1", input);
        e1 = _isFirst ? e1.Plus(input) : e1;
        Tensor x = Layer("down_conv1", e1);
        Tensor e2 = Drop(Layer("encoder2", x).Plus(x));
        x = Layer("down_conv2", e2);
        Tensor e3 = Drop(Layer("encoder3", x).Plus(x));
        x = Layer("down_conv3", e3);
        Tensor e4 = Drop(Layer("encoder4", x).Plus(x));
        Tensor d1 = Drop(Layer("decoder1", e4).Plus(Layer("down_conv4", e4)));
        x = Layer("up_conv1", d1);
        Tensor d2 = Drop(Layer("decoder2", cat([x, e3], 1)).Plus(x));
        x = Layer("up_conv2", d2);
        Tensor d3 = Drop(Layer("decoder3", cat([x, e2], 1)).Plus(x));
        x = Layer("up_conv3", d3);
        return nn.functional.softmax(Layer("map", Layer("decoder4", cat([x, e1], 1)).Plus(x)), 1);
    }

    private void Add(string name, nn.Module<Tensor, Tensor> layer)
    {
        register_module(name, layer);
        _layers.Add(name, layer);
    }

    private Tensor Layer(string name, Tensor x) => _layers[name].call(x);

    private Tensor Drop(Tensor x) => nn.functional.dropout(x, DropoutRate, training);

    private nn.Module<Tensor, Tensor> Chain(int[] dilations, params int[] widths)
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        for (int i = 0; i < dilations.Length; i++)
        {
            layers.Add(PlainConvolution.Create(widths[i], widths[i + 1], side: 3, stride: 1, dilations[i], _precision));
            layers.Add(nn.PReLU(widths[i + 1]));
        }

        return nn.Sequential(layers);
    }

    private nn.Module<Tensor, Tensor> Down(int before, int after) =>
        nn.Sequential(PlainConvolution.Create(before, after, side: 2, stride: 2, dilation: 1, _precision), nn.PReLU(after));

    private nn.Module<Tensor, Tensor> Up(int before, int after) => nn.Sequential(PlainConvolution.CreateTransposed(before, after, _precision), nn.PReLU(after));
}
