using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Network.Pyramid;

/// <summary>
/// The two-stage multi-scale pyramid network (Roth et al. 2018; Dourthe et al. 2021): two V-shaped stages of the same
/// form. The second receives the image together with the probabilities of the first.
/// </summary>
internal sealed class PyramidNetwork : SegmentationNetwork
{
    /// <summary>Initializes a new instance of the <see cref="PyramidNetwork"/> class; its parameters are zero.</summary>
    /// <param name="options">The options of the network.</param>
    /// <param name="device">The device that computes the network.</param>
    /// <param name="operations">The operations that compute the layers; null for torch's own.</param>
    /// <exception cref="MedSegException">The options are out of range.</exception>
    internal PyramidNetwork(NetworkOptions options, Device device, LayerOperations? operations = null)
        : base(options, PyramidLayout.Parameters(options), device, operations)
    {
    }

    /// <inheritdoc/>
    public override int Stride => NetworkOptions.SizeMultiple;

    /// <inheritdoc/>
    private protected override IReadOnlyList<NetworkOutput> Outputs(NetworkLayers layers, Tensor image, bool training)
    {
        (long rows, long columns) = (image.shape[2], image.shape[3]);
        Tensor first = layers.Pass(Resize(Stage(layers, "stage1", Resize(image, rows / 2, columns / 2)), rows, columns));
        Tensor second = Stage(layers, "stage2", layers.Join(first, image));
        return [new NetworkOutput(first, 1), new NetworkOutput(second, 1)];
    }

    private static Tensor Resize(Tensor x, long rows, long columns) =>
        functional.interpolate(x, [rows, columns], mode: InterpolationMode.Bilinear, align_corners: false);

    private Tensor Stage(NetworkLayers layers, string stage, Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();

        // An image of one channel is added to every channel of the first level; stage 2's input has too many for that.
        Tensor e1 = Chain(layers, $"{stage}.encoder1", input, PyramidLayout.EncoderDilations[0], input.shape[1] == 1 ? input : null, drops: false);
        Tensor e2 = Encode(layers, stage, 2, e1);
        Tensor e3 = Encode(layers, stage, 3, e2);
        Tensor e4 = Encode(layers, stage, 4, e3);

        Tensor deepest = layers.Convolve(Layer($"{stage}.down_conv4", 0), e4, stride: 1, padding: 1, dilation: 1);
        Tensor d1 = Chain(layers, $"{stage}.decoder1", e4, PyramidLayout.DecoderDilations[0], deepest, drops: true);
        Tensor d2 = Decode(layers, stage, 2, d1, e3);
        Tensor d3 = Decode(layers, stage, 3, d2, e2);
        Tensor d4 = Decode(layers, stage, 4, d3, e1);
        return layers.Map(Parameters[$"{stage}.map.0.weight"], Parameters[$"{stage}.map.0.bias"], d4).MoveToOuterDisposeScope();
    }

    private Tensor Encode(NetworkLayers layers, string stage, int level, Tensor above)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor down = layers.Convolve(Layer($"{stage}.down_conv{level - 1}", 0), above, stride: 2, padding: 0, dilation: 1);
        return Chain(layers, $"{stage}.encoder{level}", down, PyramidLayout.EncoderDilations[level - 1], down, drops: true).MoveToOuterDisposeScope();
    }

    // The last level has no dropout.
    private Tensor Decode(NetworkLayers layers, string stage, int level, Tensor below, Tensor skip)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor up = layers.Upsample(Layer($"{stage}.up_conv{level - 1}", 0), below);
        return Chain(layers, $"{stage}.decoder{level}", layers.Join(up, skip), PyramidLayout.DecoderDilations[level - 1], up, drops: level < 4).MoveToOuterDisposeScope();
    }

    // Padding equals dilation, so all images of a level have the same size.
    private Tensor Chain(NetworkLayers layers, string prefix, Tensor x, int[] dilations, Tensor? added, bool drops)
    {
        using DisposeScope scope = NewDisposeScope();
        for (int i = 0; i < dilations.Length; i++)
        {
            LayerParameters layer = Layer(prefix, i);
            int dilation = dilations[i];
            x = added is not null && i == dilations.Length - 1
                ? layers.ConvolveAndAdd(layer, x, added, dilation, dilation, drops)
                : layers.Convolve(layer, x, stride: 1, dilation, dilation);
        }

        return x.MoveToOuterDisposeScope();
    }

    private LayerParameters Layer(string prefix, int index)
    {
        int entry = index * PyramidLayout.EntriesPerLayer(Options);
        Tensor weight = Parameters[$"{prefix}.{entry}.weight"];
        if (!PyramidLayout.IsNormalized(Options))
        {
            return new LayerParameters(weight, Parameters[$"{prefix}.{entry}.bias"], Parameters[$"{prefix}.{entry + 1}.weight"]);
        }

        Tensor scale = Parameters[$"{prefix}.{entry + 1}.weight"];
        var norm = new NormParameters(scale, Parameters[$"{prefix}.{entry + 1}.bias"]);
        return new LayerParameters(weight, Constants.Get(0, scale.shape[0]), Parameters[$"{prefix}.{entry + 2}.weight"], norm);
    }
}
