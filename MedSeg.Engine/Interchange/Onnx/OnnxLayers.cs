using System.Runtime.InteropServices;
using MedSeg.Network.Layers;

namespace MedSeg.Interchange.Onnx;

/// <summary>The layers of networks as ONNX operators. The weights are initializers with the names of the state dictionary.</summary>
/// <param name="graph">Receives the operators.</param>
internal sealed class OnnxLayers(OnnxGraph graph)
{
    /// <summary>Convolves.</summary>
    public string Convolve(string x, string layer, int kernel, int stride = 1, int padding = 0, int dilation = 1, bool hasBias = true) => graph.Operator(
        "Conv",
        Weights(x, layer, hasBias),
        ("kernel_shape", (int[])[kernel, kernel]),
        ("strides", (int[])[stride, stride]),
        ("pads", (int[])[padding, padding, padding, padding]),
        ("dilations", (int[])[dilation, dilation]));

    /// <summary>Doubles height and width by a transposed 2×2 convolution.</summary>
    public string Upsample(string x, string layer, bool hasBias) =>
        graph.Operator("ConvTranspose", Weights(x, layer, hasBias), ("kernel_shape", (int[])[2, 2]), ("strides", (int[])[2, 2]));

    /// <summary>Normalizes each channel of each image.</summary>
    public string Normalize(string x, string layer) =>
        graph.Operator("InstanceNormalization", [x, $"{layer}.weight", $"{layer}.bias"], ("epsilon", (float)NormParameters.Epsilon));

    /// <summary>Applies PReLU.</summary>
    public string Rectify(string x, string slope) => graph.Operator("PRelu", [x, slope]);

    /// <summary>Applies leaky ReLU.</summary>
    public string RectifyLeaky(string x, double slope) => graph.Operator("LeakyRelu", [x], ("alpha", (float)slope));

    /// <summary>Adds two images.</summary>
    public string Add(string x, string y) => graph.Operator("Add", [x, y]);

    /// <summary>Concatenates the channels of two images.</summary>
    public string Concatenate(string x, string y) => graph.Operator("Concat", [x, y], ("axis", 1));

    /// <summary>Converts the values of each pixel to probabilities.</summary>
    public string Softmax(string x) => graph.Operator("Softmax", [x], ("axis", 1));

    /// <summary>Computes the softmax over the channels as an output of the graph.</summary>
    public void Softmax(string x, string output) => graph.Operator("Softmax", output, [x], ("axis", 1));

    /// <summary>Resizes: bilinear with align_corners=False; torch puts pixel centres at halves as well.</summary>
    public string Resize(string x, float scale)
    {
        float[] scales = [1, 1, scale, scale];
        string name = graph.Constant($"scales of {x}", [4], MemoryMarshal.AsBytes<float>(scales));
        return graph.Operator("Resize", [x, string.Empty, name], ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel"));
    }

    private static string[] Weights(string x, string layer, bool hasBias) => hasBias ? [x, $"{layer}.weight", $"{layer}.bias"] : [x, $"{layer}.weight"];
}
