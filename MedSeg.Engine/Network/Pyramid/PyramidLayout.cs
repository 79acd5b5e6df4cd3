using System.Globalization;
using MedSeg.Network.Definition;

namespace MedSeg.Network.Pyramid;

/// <summary>
/// Lists the parameters of the two stages, in the order of the published program's state dictionary. With instance normalization, its
/// scale and shift stand between a convolution and its PReLU, and the convolution has no bias, which the normalization would cancel.
/// </summary>
internal static class PyramidLayout
{
    /// <summary>The dilations, which are also the paddings, of the convolutions of each encoder.</summary>
    internal static readonly int[][] EncoderDilations = [[1], [1, 1], [1, 2, 4], [3, 4, 5]];

    /// <summary>The dilations, which are also the paddings, of the convolutions of each decoder.</summary>
    internal static readonly int[][] DecoderDilations = [[1, 1, 1], [1, 1, 1], [1, 1], [1]];

    /// <summary>Lists the parameters of a network.</summary>
    /// <param name="options">The architecture of the network.</param>
    /// <returns>The names and shapes.</returns>
    public static IReadOnlyList<ParameterShape> Parameters(NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var list = new List<ParameterShape>();
        AddStage(list, "stage1", options.Channels, options);
        AddStage(list, "stage2", options.RoiCount + 1 + options.Channels, options);
        return list;
    }

    /// <summary>Returns whether a parameter's shape depends on the number of ROIs: those of the outputs, and of the layer that reads stage 1's output.</summary>
    /// <param name="parameter">The name of a parameter.</param>
    public static bool DependsOnRois(string parameter) =>
        parameter is "stage1.map.0.weight" or "stage1.map.0.bias" or "stage2.map.0.weight" or "stage2.map.0.bias" or "stage2.encoder1.0.weight";

    /// <summary>Returns the number of entries of a convolution and what follows it in the state dictionary.</summary>
    internal static int EntriesPerLayer(NetworkOptions options) => IsNormalized(options) ? 3 : 2;

    /// <summary>Returns whether instance normalization follows the convolutions.</summary>
    internal static bool IsNormalized(NetworkOptions options) => options.Architecture == NetworkArchitecture.PyramidNorm;

    /// <summary>Returns the number of channels of the five levels: the base width and its doublings.</summary>
    internal static int[] Widths(NetworkOptions options) => [.. Enumerable.Range(0, 5).Select(level => options.BaseWidth << level)];

    /// <summary>Returns the geometry of a layer.</summary>
    /// <param name="options">The options of the network.</param>
    /// <param name="layer">The name of the layer, such as <c>stage1.encoder3.2</c>.</param>
    public static LayerGeometry Geometry(NetworkOptions options, string layer)
    {
        string[] parts = layer.Split('.');
        int size = parts[0] == "stage1" ? options.InputSize / 2 : options.InputSize;
        int index = int.Parse(parts[2], CultureInfo.InvariantCulture) / EntriesPerLayer(options);
        string block = parts[1].TrimEnd('1', '2', '3', '4');
        int number = parts[1][^1] - '0';
        return block switch
        {
            "encoder" => new LayerGeometry(size >> (number - 1), Dilation: EncoderDilations[number - 1][index]),
            "decoder" => new LayerGeometry(size >> (4 - number)),
            "down_conv" => new LayerGeometry(size >> Math.Min(number, 3), Stride: number == 4 ? 1 : 2),
            "up_conv" => new LayerGeometry(size >> (3 - number), Stride: 2, IsTransposed: true),
            _ => new LayerGeometry(size),
        };
    }

    private static void AddStage(List<ParameterShape> list, string stage, int inputChannels, NetworkOptions options)
    {
        int[] c = Widths(options);
        var layers = new StageParameters(list, IsNormalized(options), EntriesPerLayer(options));
        for (int level = 0; level < 4; level++)
        {
            int first = level == 0 ? inputChannels : c[level];
            layers.AddChain($"{stage}.encoder{level + 1}", EncoderDilations[level].Length, first, c[level]);
        }

        layers.AddChain($"{stage}.decoder1", DecoderDilations[0].Length, c[3], c[4]);
        for (int level = 1; level < 4; level++)
        {
            int width = c[4 - level];
            layers.AddChain($"{stage}.decoder{level + 1}", DecoderDilations[level].Length, width + c[3 - level], width);
        }

        for (int level = 0; level < 3; level++)
        {
            layers.AddConvolution($"{stage}.down_conv{level + 1}", 0, c[level], c[level + 1], kernel: 2);
        }

        layers.AddConvolution($"{stage}.down_conv4", 0, c[3], c[4], kernel: 3);
        for (int level = 0; level < 3; level++)
        {
            layers.AddTransposed($"{stage}.up_conv{level + 1}", c[4 - level], c[3 - level]);
        }

        list.Add(new ParameterShape($"{stage}.map.0.weight", [options.RoiCount + 1, c[1], 1, 1], InitialValue.Uniform, c[1]));
        list.Add(new ParameterShape($"{stage}.map.0.bias", [options.RoiCount + 1], InitialValue.Uniform, c[1]));
    }

    private sealed class StageParameters(List<ParameterShape> list, bool isNormalized, int entriesPerLayer)
    {
        public void AddChain(string prefix, int depth, int input, int output)
        {
            for (int i = 0; i < depth; i++)
            {
                AddConvolution(prefix, entriesPerLayer * i, i == 0 ? input : output, output, kernel: 3);
            }
        }

        public void AddConvolution(string prefix, int index, int input, int output, int kernel) =>
            Add(prefix, index, [output, input, kernel, kernel], output, fanIn: input * kernel * kernel);

        // PyTorch counts the fan-in of a transposed convolution over its second dimension.
        public void AddTransposed(string prefix, int input, int output) =>
            Add(prefix, 0, [input, output, 2, 2], output, fanIn: output * 4);

        private void Add(string prefix, int index, long[] shape, int outputs, int fanIn)
        {
            list.Add(new ParameterShape(Indexed(prefix, index) + ".weight", shape, InitialValue.Uniform, fanIn));
            if (isNormalized)
            {
                list.Add(new ParameterShape(Indexed(prefix, index + 1) + ".weight", [outputs], InitialValue.One));
                list.Add(new ParameterShape(Indexed(prefix, index + 1) + ".bias", [outputs], InitialValue.Zero));
            }
            else
            {
                list.Add(new ParameterShape(Indexed(prefix, index) + ".bias", [outputs], InitialValue.Uniform, fanIn));
            }

            list.Add(new ParameterShape(Indexed(prefix, index + entriesPerLayer - 1) + ".weight", [outputs], InitialValue.Slope));
        }

        private static string Indexed(string prefix, int index) => string.Create(CultureInfo.InvariantCulture, $"{prefix}.{index}");
    }
}
