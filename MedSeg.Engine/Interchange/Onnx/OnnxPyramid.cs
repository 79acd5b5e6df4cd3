using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;

namespace MedSeg.Interchange.Onnx;

/// <summary>Writes the layers of a pyramid network: what <see cref="PyramidNetwork"/> computes, without dropout.</summary>
internal sealed class OnnxPyramid
{
    private readonly OnnxLayers _layers;
    private readonly NetworkOptions _options;

    private OnnxPyramid(OnnxLayers layers, NetworkOptions options) => (_layers, _options) = (layers, options);

    /// <summary>Writes the layers.</summary>
    /// <param name="layers">Receives them; the weights are written.</param>
    /// <param name="options">The options of the network.</param>
    /// <param name="input">The name of the images.</param>
    /// <returns>The name of the values before the last softmax.</returns>
    public static string Write(OnnxLayers layers, NetworkOptions options, string input)
    {
        var pyramid = new OnnxPyramid(layers, options);
        string first = layers.Resize(layers.Softmax(pyramid.Stage("stage1", layers.Resize(input, 0.5f), addsInput: options.Channels == 1)), 2);
        return pyramid.Stage("stage2", layers.Concatenate(first, input), addsInput: false);
    }

    private string Stage(string stage, string input, bool addsInput)
    {
        string e1 = Chain($"{stage}.encoder1", input, PyramidLayout.EncoderDilations[0]);
        e1 = addsInput ? _layers.Add(e1, input) : e1;
        string e2 = Encode(stage, 2, e1);
        string e3 = Encode(stage, 3, e2);
        string e4 = Encode(stage, 4, e3);
        string d1 = _layers.Add(Chain($"{stage}.decoder1", e4, PyramidLayout.DecoderDilations[0]), Convolve($"{stage}.down_conv4", 0, e4, kernel: 3, padding: 1));
        string d2 = Decode(stage, 2, d1, e3);
        string d3 = Decode(stage, 3, d2, e2);
        string d4 = Decode(stage, 4, d3, e1);
        return _layers.Convolve(d4, $"{stage}.map.0", kernel: 1);
    }

    private string Encode(string stage, int level, string above)
    {
        string down = Convolve($"{stage}.down_conv{level - 1}", 0, above, kernel: 2, stride: 2);
        return _layers.Add(Chain($"{stage}.encoder{level}", down, PyramidLayout.EncoderDilations[level - 1]), down);
    }

    private string Decode(string stage, int level, string below, string skip)
    {
        string up = $"{stage}.up_conv{level - 1}";
        up = Activate(up, 0, _layers.Upsample(below, $"{up}.0", hasBias: !PyramidLayout.IsNormalized(_options)));
        return _layers.Add(Chain($"{stage}.decoder{level}", _layers.Concatenate(up, skip), PyramidLayout.DecoderDilations[level - 1]), up);
    }

    private string Chain(string prefix, string x, int[] dilations)
    {
        for (int i = 0; i < dilations.Length; i++)
        {
            x = Convolve(prefix, i, x, kernel: 3, padding: dilations[i], dilation: dilations[i]);
        }

        return x;
    }

    private string Convolve(string prefix, int index, string x, int kernel, int stride = 1, int padding = 0, int dilation = 1)
    {
        int entry = index * PyramidLayout.EntriesPerLayer(_options);
        return Activate(prefix, entry, _layers.Convolve(x, $"{prefix}.{entry}", kernel, stride, padding, dilation, hasBias: !PyramidLayout.IsNormalized(_options)));
    }

    private string Activate(string prefix, int entry, string x)
    {
        bool isNormalized = PyramidLayout.IsNormalized(_options);
        x = isNormalized ? _layers.Normalize(x, $"{prefix}.{entry + 1}") : x;
        return _layers.Rectify(x, $"{prefix}.{entry + (isNormalized ? 2 : 1)}.weight");
    }
}
