using MedSeg.Network.Definition;
using MedSeg.Network.UNet;

namespace MedSeg.Interchange.Onnx;

/// <summary>Writes the layers of a U-Net: what <see cref="UNetNetwork"/> computes for inference.</summary>
internal static class OnnxUNet
{
    /// <summary>Writes the layers.</summary>
    /// <param name="layers">Receives them; the weights are written.</param>
    /// <param name="options">The options of the network.</param>
    /// <param name="input">The name of the images.</param>
    /// <returns>The name of the values before the last softmax.</returns>
    public static string Write(OnnxLayers layers, NetworkOptions options, string input)
    {
        int levels = UNetLayout.Levels(options.InputSize);
        string[] encoded = new string[levels];
        string x = input;
        for (int level = 0; level < levels; level++)
        {
            encoded[level] = x = Level(layers, $"encoders.{level}", x, stride: level == 0 ? 1 : 2);
        }

        for (int level = levels - 2; level >= 0; level--)
        {
            string up = layers.Upsample(x, $"ups.{level}", hasBias: true);
            x = Level(layers, $"decoders.{level}", layers.Concatenate(up, encoded[level]), stride: 1);
        }

        return layers.Convolve(x, "outputs.0", kernel: 1);
    }

    private static string Level(OnnxLayers layers, string level, string x, int stride)
    {
        for (int i = 0; i < UNetLayout.Convolutions; i++)
        {
            x = layers.Convolve(x, $"{level}.convolutions.{i}", kernel: 3, stride: i == 0 ? stride : 1, padding: 1, hasBias: false);
            x = layers.RectifyLeaky(layers.Normalize(x, $"{level}.norms.{i}"), NetworkParameters.LeakySlope);
        }

        return x;
    }
}
