using System.Runtime.InteropServices;
using MedSeg.Files.Safetensors;
using MedSeg.Network;

namespace MedSeg.Interchange.Onnx;

/// <summary>Writes the pyramid network as an ONNX graph: layer by layer what <see cref="PyramidNetwork"/> computes, without dropout.</summary>
internal sealed class OnnxNetwork
{
    /// <summary>The name of the input, [batch, 1, S, S]: normalised slices.</summary>
    public const string Input = "image";

    /// <summary>The name of the output, [batch, K + 1, S, S]: the probabilities of stage 2.</summary>
    public const string Output = "probabilities";

    /// <summary>The operators of the graph; a file with another one was edited.</summary>
    public static readonly IReadOnlySet<string> Operators = new HashSet<string>(StringComparer.Ordinal) { "Add", "Concat", "Conv", "ConvTranspose", "PRelu", "Resize", "Softmax" };

    private readonly OnnxGraph _graph = new();

    private OnnxNetwork(NetworkOptions architecture, IReadOnlyDictionary<string, SafetensorsTensor> weights)
    {
        _graph.Name("MedSeg pyramid network");
        foreach (ParameterShape parameter in PyramidLayout.Parameters(architecture))
        {
            // PReLU has one slope per channel; ONNX broadcasts from the right.
            bool isSlope = parameter.FanIn == 0;
            _graph.Constant(parameter.Name, isSlope ? [.. parameter.Shape, 1, 1] : parameter.Shape, weights[parameter.Name].Data.Span);
        }

        _graph.Declare(OnnxFields.Graph.Input, Input, 1, architecture.InputSize);
        _graph.Declare(OnnxFields.Graph.Output, Output, architecture.RoiCount + 1, architecture.InputSize);
        string first = Resize(Softmax(Stage("stage1", Resize(Input, 0.5f), isFirst: true)), 2);
        string second = Stage("stage2", Concatenate(first, Input), isFirst: false);
        _graph.Operator("Softmax", Output, [second], ("axis", 1));
    }

    /// <summary>Writes a network.</summary>
    /// <param name="architecture">Its architecture.</param>
    /// <param name="weights">Its weights by name.</param>
    /// <returns>The graph's bytes.</returns>
    public static byte[] Write(NetworkOptions architecture, IReadOnlyDictionary<string, SafetensorsTensor> weights) =>
        new OnnxNetwork(architecture, weights)._graph.Content.ToArray();

    private string Stage(string stage, string input, bool isFirst)
    {
        string e1 = Chain($"{stage}.encoder1", input, PyramidLayout.EncoderDilations[0]);
        e1 = isFirst ? Add(e1, input) : e1;
        string e2 = Encode(stage, 2, e1);
        string e3 = Encode(stage, 3, e2);
        string e4 = Encode(stage, 4, e3);
        string d1 = Add(Chain($"{stage}.decoder1", e4, PyramidLayout.DecoderDilations[0]), Convolve($"{stage}.down_conv4", 0, e4, kernel: 3, padding: 1));
        string d2 = Decode(stage, 2, d1, e3);
        string d3 = Decode(stage, 3, d2, e2);
        string d4 = Decode(stage, 4, d3, e1);
        return _graph.Operator("Conv", [d4, $"{stage}.map.0.weight", $"{stage}.map.0.bias"], ("kernel_shape", (int[])[1, 1]));
    }

    private string Encode(string stage, int level, string above)
    {
        string down = Convolve($"{stage}.down_conv{level - 1}", 0, above, kernel: 2, stride: 2);
        return Add(Chain($"{stage}.encoder{level}", down, PyramidLayout.EncoderDilations[level - 1]), down);
    }

    private string Decode(string stage, int level, string below, string skip)
    {
        string name = $"{stage}.up_conv{level - 1}";
        string up = _graph.Operator("ConvTranspose", [below, $"{name}.0.weight", $"{name}.0.bias"], ("kernel_shape", (int[])[2, 2]), ("strides", (int[])[2, 2]));
        up = _graph.Operator("PRelu", [up, $"{name}.1.weight"]);
        return Add(Chain($"{stage}.decoder{level}", Concatenate(up, skip), PyramidLayout.DecoderDilations[level - 1]), up);
    }

    private string Chain(string prefix, string x, int[] dilations)
    {
        for (int i = 0; i < dilations.Length; i++)
        {
            x = Convolve(prefix, 2 * i, x, kernel: 3, padding: dilations[i], dilation: dilations[i]);
        }

        return x;
    }

    private string Convolve(string prefix, int index, string x, int kernel, int stride = 1, int padding = 0, int dilation = 1)
    {
        string y = _graph.Operator(
            "Conv",
            [x, $"{prefix}.{index}.weight", $"{prefix}.{index}.bias"],
            ("kernel_shape", (int[])[kernel, kernel]),
            ("strides", (int[])[stride, stride]),
            ("pads", (int[])[padding, padding, padding, padding]),
            ("dilations", (int[])[dilation, dilation]));
        return _graph.Operator("PRelu", [y, $"{prefix}.{index + 1}.weight"]);
    }

    private string Add(string x, string y) => _graph.Operator("Add", [x, y]);

    private string Concatenate(string x, string y) => _graph.Operator("Concat", [x, y], ("axis", 1));

    private string Softmax(string x) => _graph.Operator("Softmax", [x], ("axis", 1));

    // Bilinear with align_corners=False: torch puts pixel centres at halves as well.
    private string Resize(string x, float scale)
    {
        float[] scales = [1, 1, scale, scale];
        string name = _graph.Constant($"scales of {x}", [4], MemoryMarshal.AsBytes<float>(scales));
        return _graph.Operator("Resize", [x, string.Empty, name], ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel"));
    }
}
