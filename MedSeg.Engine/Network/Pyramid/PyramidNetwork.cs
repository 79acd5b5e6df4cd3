using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using static TorchSharp.torch;

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
    private protected override IReadOnlyList<(TImage Probabilities, double Weight)> Outputs<TImage>(NetworkLayers<TImage> layers, TImage image, bool training)
    {
        // An image of one channel is added to every channel of the first level; stage 2's input has too many for that.
        TImage small = layers.Shrink(image);
        TImage coarse = Stage(layers, "stage1", small, added: Options.Channels == 1 ? small : null);
        layers.Release(small);
        TImage first = layers.Enlarge(coarse);
        layers.Release(coarse);
        TImage joined = layers.Join(first, image);
        TImage second = Stage(layers, "stage2", joined, added: null);
        layers.Release(joined);
        return [(first, 1), (second, 1)];
    }

    private TImage Stage<TImage>(NetworkLayers<TImage> layers, string stage, TImage input, TImage? added)
        where TImage : class
    {
        TImage e1 = Chain(layers, $"{stage}.encoder1", input, PyramidLayout.EncoderDilations[0], added, drops: false);
        TImage e2 = Encode(layers, stage, 2, e1);
        TImage e3 = Encode(layers, stage, 3, e2);
        TImage e4 = Encode(layers, stage, 4, e3);

        TImage deepest = layers.Convolve(Layer($"{stage}.down_conv4", 0), e4, stride: 1, padding: 1, dilation: 1);
        TImage d1 = Chain(layers, $"{stage}.decoder1", e4, PyramidLayout.DecoderDilations[0], deepest, drops: true);
        layers.Release(deepest);
        layers.Release(e4);
        TImage d2 = Decode(layers, stage, 2, d1, e3);
        TImage d3 = Decode(layers, stage, 3, d2, e2);
        TImage d4 = Decode(layers, stage, 4, d3, e1);
        TImage probabilities = layers.Map(Layer($"{stage}.map", name => new LayerParameters(Parameters[$"{name}.0.weight"], Parameters[$"{name}.0.bias"], Slope: null)), d4);
        layers.Release(d4);
        return probabilities;
    }

    private TImage Encode<TImage>(NetworkLayers<TImage> layers, string stage, int level, TImage above)
        where TImage : class
    {
        TImage down = layers.Convolve(Layer($"{stage}.down_conv{level - 1}", 0), above, stride: 2, padding: 0, dilation: 1);
        TImage encoded = Chain(layers, $"{stage}.encoder{level}", down, PyramidLayout.EncoderDilations[level - 1], down, drops: true);
        layers.Release(down);
        return encoded;
    }

    // Releases both images. The last level has no dropout.
    private TImage Decode<TImage>(NetworkLayers<TImage> layers, string stage, int level, TImage below, TImage skip)
        where TImage : class
    {
        TImage up = layers.Upsample(Layer($"{stage}.up_conv{level - 1}", 0), below, skip);
        layers.Release(below);
        TImage joined = layers.Join(up, skip);
        layers.Release(skip);
        TImage decoded = Chain(layers, $"{stage}.decoder{level}", joined, PyramidLayout.DecoderDilations[level - 1], up, drops: level < 4);
        layers.Release(joined);
        layers.Release(up);
        return decoded;
    }

    // Padding equals dilation, so all images of a level have the same size.
    private TImage Chain<TImage>(NetworkLayers<TImage> layers, string prefix, TImage input, int[] dilations, TImage? added, bool drops)
        where TImage : class
    {
        TImage x = input;
        for (int i = 0; i < dilations.Length; i++)
        {
            LayerParameters layer = Layer(prefix, i);
            int dilation = dilations[i];
            TImage next = added is not null && i == dilations.Length - 1
                ? layers.ConvolveAndAdd(layer, x, added, dilation, dilation, drops)
                : layers.Convolve(layer, x, stride: 1, dilation, dilation);
            if (x != input)
            {
                layers.Release(x);
            }

            x = next;
        }

        return x;
    }

    private LayerParameters Layer(string prefix, int index) => Layer($"{prefix}.{index * PyramidLayout.EntriesPerLayer(Options)}", name =>
    {
        int entry = index * PyramidLayout.EntriesPerLayer(Options);
        Tensor weight = Parameters[$"{name}.weight"];
        if (!PyramidLayout.IsNormalized(Options))
        {
            return new LayerParameters(weight, Parameters[$"{name}.bias"], Parameters[$"{prefix}.{entry + 1}.weight"]);
        }

        Tensor scale = Parameters[$"{prefix}.{entry + 1}.weight"];
        var norm = new NormParameters(scale, Parameters[$"{prefix}.{entry + 1}.bias"]);
        return new LayerParameters(weight, Constants.Get(0, scale.shape[0]), Parameters[$"{prefix}.{entry + 2}.weight"], norm);
    });
}
