using MedSeg.Files.Safetensors;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.UNet;

namespace MedSeg.Interchange.Onnx;

/// <summary>Writes a network as an ONNX graph, without dropout.</summary>
internal static class OnnxNetwork
{
    /// <summary>The name of the input, [batch, channels, S, S]: normalised slices.</summary>
    public const string Input = "image";

    /// <summary>The name of the output, [batch, K + 1, S, S]: the probabilities.</summary>
    public const string Output = "probabilities";

    /// <summary>The operators of the graph; a file with another one was edited.</summary>
    public static readonly IReadOnlySet<string> Operators = new HashSet<string>(StringComparer.Ordinal)
    {
        "Add", "Concat", "Conv", "ConvTranspose", "InstanceNormalization", "LeakyRelu", "PRelu", "Resize", "Softmax",
    };

    /// <summary>Writes a network.</summary>
    /// <param name="options">The options of the network.</param>
    /// <param name="weights">Its weights by name.</param>
    /// <returns>The graph's bytes.</returns>
    public static byte[] Write(NetworkOptions options, IReadOnlyDictionary<string, SafetensorsTensor> weights)
    {
        var graph = new OnnxGraph();
        graph.Name(options.Architecture == NetworkArchitecture.UNet ? "MedSeg U-Net" : "MedSeg pyramid network");
        foreach (ParameterShape parameter in NetworkLayouts.Parameters(options).Where(p => !UNetLayout.IsForTrainingOnly(p.Name)))
        {
            // PReLU has one slope per channel; ONNX broadcasts from the right.
            bool isSlope = parameter.Initial == InitialValue.Slope;
            graph.Constant(parameter.Name, isSlope ? [.. parameter.Shape, 1, 1] : parameter.Shape, weights[parameter.Name].Data.Span);
        }

        graph.Declare(OnnxFields.Graph.Input, Input, options.Channels, options.InputSize);
        graph.Declare(OnnxFields.Graph.Output, Output, options.RoiCount + 1, options.InputSize);
        var layers = new OnnxLayers(graph);
        string last = options.Architecture == NetworkArchitecture.UNet ? OnnxUNet.Write(layers, options, Input) : OnnxPyramid.Write(layers, options, Input);
        layers.Softmax(last, Output);
        return graph.Content.ToArray();
    }
}
