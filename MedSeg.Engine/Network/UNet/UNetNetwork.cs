using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using static TorchSharp.torch;

namespace MedSeg.Network.UNet;

/// <summary>
/// A U-Net after the 2-D plan of nnU-Net (Isensee et al. 2021): two 3×3 convolutions a level, the first of which halves the image on the way
/// down, instance normalization, leaky ReLU, and transposed convolutions on the way up. In training, the finer levels have outputs of
/// their own (deep supervision); inference computes the finest one only.
/// </summary>
internal sealed class UNetNetwork : SegmentationNetwork
{
    private readonly double[] _outputWeights;
    private readonly int _levels;

    /// <summary>Initializes a new instance of the <see cref="UNetNetwork"/> class; its parameters are zero.</summary>
    /// <param name="options">The options of the network.</param>
    /// <param name="device">The device that computes the network.</param>
    /// <param name="operations">The operations that compute the layers; null for torch's own.</param>
    /// <exception cref="MedSegException">The options are out of range.</exception>
    internal UNetNetwork(NetworkOptions options, Device device, LayerOperations? operations = null)
        : base(options, UNetLayout.Parameters(options), device, operations)
    {
        _levels = UNetLayout.Levels(options.InputSize);
        _outputWeights = UNetLayout.OutputWeights(_levels);
    }

    /// <inheritdoc/>
    public override int Stride => 1 << (_levels - 1);

    /// <inheritdoc/>
    private protected override IReadOnlyList<(TImage Probabilities, double Weight)> Outputs<TImage>(NetworkLayers<TImage> layers, TImage image, bool training)
    {
        var encoded = new TImage[_levels];
        TImage x = image;
        for (int level = 0; level < _levels; level++)
        {
            encoded[level] = x = Convolve(layers, $"encoders.{level}", x, stride: level == 0 ? 1 : 2, drops: level > 0);
        }

        var outputs = new List<(TImage, double)>();
        for (int level = _levels - 2; level >= 0; level--)
        {
            TImage below = x;
            x = Decode(layers, level, below, encoded[level]);
            layers.Release(below);
            if (level == 0 || (training && level < _outputWeights.Length))
            {
                TImage probabilities = layers.Map(Layer($"outputs.{level}", name => new LayerParameters(Parameters[$"{name}.weight"], Parameters[$"{name}.bias"], Slope: null)), x);
                outputs.Add((probabilities, _outputWeights[level]));
            }
        }

        layers.Release(x);
        return outputs;
    }

    // Releases the image of the encoder.
    private TImage Decode<TImage>(NetworkLayers<TImage> layers, int level, TImage below, TImage skip)
        where TImage : class
    {
        TImage up = layers.Upsample(Up(level), below, skip);
        TImage joined = layers.Join(up, skip);
        layers.Release(up);
        layers.Release(skip);
        TImage decoded = Convolve(layers, $"decoders.{level}", joined, stride: 1, drops: level > 0);
        layers.Release(joined);
        return decoded;
    }

    // The finest level has no dropout.
    private TImage Convolve<TImage>(NetworkLayers<TImage> layers, string level, TImage x, int stride, bool drops)
        where TImage : class
    {
        TImage first = layers.Convolve(Layer(level, 0), x, stride, padding: 1, dilation: 1);
        TImage second = layers.ConvolveAndAdd(Layer(level, 1), first, null, padding: 1, dilation: 1, drops);
        layers.Release(first);
        return second;
    }

    private LayerParameters Layer(string level, int index) => Layer($"{level}.{index}", _ =>
    {
        Tensor scale = Parameters[$"{level}.norms.{index}.weight"];
        long width = scale.shape[0];
        var norm = new NormParameters(scale, Parameters[$"{level}.norms.{index}.bias"]);
        return new LayerParameters(Parameters[$"{level}.convolutions.{index}.weight"], Constants.Get(0, width), Constants.Get(NetworkParameters.LeakySlope, width), norm);
    });

    // No activation follows: PReLU with the slope 1.
    private LayerParameters Up(int level) => Layer($"ups.{level}", name =>
    {
        Tensor bias = Parameters[$"{name}.bias"];
        return new LayerParameters(Parameters[$"{name}.weight"], bias, Constants.Get(1, bias.shape[0]));
    });
}
