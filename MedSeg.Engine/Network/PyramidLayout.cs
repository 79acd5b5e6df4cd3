using System.Globalization;

namespace MedSeg.Network;

/// <summary>Lists the parameters of the two stages, in the order of the published program's state dictionary.</summary>
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
        AddStage(list, "stage1", inputChannels: 1, options);
        AddStage(list, "stage2", inputChannels: options.RoiCount + 2, options);
        return list;
    }

    /// <summary>Counts the trainable values of a network.</summary>
    /// <param name="options">The architecture of the network.</param>
    /// <returns>The number of values; 6,368,414 for S = 256 and K = 6.</returns>
    public static long CountParameters(NetworkOptions options) => Parameters(options).Sum(p => p.Length);

    /// <summary>Returns the number of channels of the five levels: the base width and its doublings.</summary>
    internal static int[] Widths(NetworkOptions options) => [.. Enumerable.Range(0, 5).Select(level => options.BaseWidth << level)];

    private static void AddStage(List<ParameterShape> list, string stage, int inputChannels, NetworkOptions options)
    {
        int[] c = Widths(options);
        for (int level = 0; level < 4; level++)
        {
            int first = level == 0 ? inputChannels : c[level];
            AddChain(list, $"{stage}.encoder{level + 1}", EncoderDilations[level].Length, first, c[level]);
        }

        AddChain(list, $"{stage}.decoder1", DecoderDilations[0].Length, c[3], c[4]);
        for (int level = 1; level < 4; level++)
        {
            int width = c[4 - level];
            AddChain(list, $"{stage}.decoder{level + 1}", DecoderDilations[level].Length, width + c[3 - level], width);
        }

        for (int level = 0; level < 3; level++)
        {
            AddConvolution(list, $"{stage}.down_conv{level + 1}", 0, c[level], c[level + 1], kernel: 2);
        }

        AddConvolution(list, $"{stage}.down_conv4", 0, c[3], c[4], kernel: 3);
        for (int level = 0; level < 3; level++)
        {
            AddTransposed(list, $"{stage}.up_conv{level + 1}", c[4 - level], c[3 - level]);
        }

        AddWeights(list, $"{stage}.map.0", [options.RoiCount + 1, c[1], 1, 1], options.RoiCount + 1, fanIn: c[1]);
    }

    private static void AddChain(List<ParameterShape> list, string prefix, int depth, int input, int output)
    {
        for (int i = 0; i < depth; i++)
        {
            AddConvolution(list, prefix, 2 * i, i == 0 ? input : output, output, kernel: 3);
        }
    }

    private static void AddConvolution(List<ParameterShape> list, string prefix, int index, int input, int output, int kernel)
    {
        AddWeights(list, Indexed(prefix, index), [output, input, kernel, kernel], output, fanIn: input * kernel * kernel);
        list.Add(new ParameterShape(Indexed(prefix, index + 1) + ".weight", [output], FanIn: 0));
    }

    private static void AddTransposed(List<ParameterShape> list, string prefix, int input, int output)
    {
        // PyTorch counts the fan-in of a transposed convolution over its second dimension.
        AddWeights(list, Indexed(prefix, 0), [input, output, 2, 2], output, fanIn: output * 4);
        list.Add(new ParameterShape(Indexed(prefix, 1) + ".weight", [output], FanIn: 0));
    }

    private static void AddWeights(List<ParameterShape> list, string name, long[] shape, int outputs, int fanIn)
    {
        list.Add(new ParameterShape(name + ".weight", shape, fanIn));
        list.Add(new ParameterShape(name + ".bias", [outputs], fanIn));
    }

    private static string Indexed(string prefix, int index) => string.Create(CultureInfo.InvariantCulture, $"{prefix}.{index}");
}
