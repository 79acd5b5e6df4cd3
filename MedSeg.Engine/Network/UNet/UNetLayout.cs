using System.Globalization;
using MedSeg.Network.Definition;

namespace MedSeg.Network.UNet;

/// <summary>Lists the levels and the parameters of a U-Net after the 2-D plan of nnU-Net (Isensee et al. 2021).</summary>
internal static class UNetLayout
{
    /// <summary>The largest number of channels of a level.</summary>
    public const int MaxWidth = 512;

    /// <summary>The number of convolutions of a level, in the encoder and in the decoder.</summary>
    public const int Convolutions = 2;

    // Deeper levels would be smaller than the kernels that they are convolved with.
    private const int MinSide = 4;

    /// <summary>Returns the number of levels: each halves the one above, as long as its side is whole and at least 4 pixels.</summary>
    /// <param name="inputSize">The side S of the input, in pixels.</param>
    public static int Levels(int inputSize)
    {
        int levels = 1;
        for (int side = inputSize; side % 2 == 0 && side / 2 >= MinSide; side /= 2)
        {
            levels++;
        }

        return levels;
    }

    /// <summary>Returns the least input size with a number of levels.</summary>
    /// <param name="levels">The number of levels, from 1.</param>
    public static int LeastSize(int levels) => Math.Max(MinSide << (levels - 1), NetworkOptions.SizeMultiple);

    /// <summary>Returns the number of channels of each level: the base width and its doublings, up to 512.</summary>
    /// <param name="options">The options of the network.</param>
    public static int[] Widths(NetworkOptions options) =>
        [.. Enumerable.Range(0, Levels(options.InputSize)).Select(level => (int)Math.Min(MaxWidth, (long)options.BaseWidth << level))];

    /// <summary>
    /// Returns the weights of the outputs in the loss, from the finest level down. Each is half of the one above, and together they are 2. As in
    /// nnU-Net, the two deepest levels have no output.
    /// </summary>
    /// <param name="levels">The number of levels.</param>
    public static double[] OutputWeights(int levels)
    {
        int outputs = Math.Max(1, levels - 2);
        double total = Enumerable.Range(0, outputs).Sum(level => Math.Pow(0.5, level));
        return [.. Enumerable.Range(0, outputs).Select(level => 2 * Math.Pow(0.5, level) / total)];
    }

    /// <summary>Lists the parameters: encoders from the finest level down, then decoders from the deepest up, each followed by its output.</summary>
    /// <param name="options">The options of the network.</param>
    /// <returns>The names and shapes.</returns>
    public static IReadOnlyList<ParameterShape> Parameters(NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        int[] widths = Widths(options);
        int outputs = OutputWeights(widths.Length).Length;
        var list = new List<ParameterShape>();
        for (int level = 0; level < widths.Length; level++)
        {
            AddConvolutions(list, $"encoders.{level}", level == 0 ? options.Channels : widths[level - 1], widths[level]);
        }

        for (int level = widths.Length - 2; level >= 0; level--)
        {
            (int width, int below) = (widths[level], widths[level + 1]);
            Add(list, $"ups.{level}", [below, width, 2, 2], InitialValue.He, width * 4);
            AddConvolutions(list, $"decoders.{level}", 2 * width, width);
            if (level < outputs)
            {
                Add(list, $"outputs.{level}", [options.RoiCount + 1, width, 1, 1], InitialValue.He, width);
            }
        }

        return list;
    }

    /// <summary>Returns whether a parameter's shape depends on the number of ROIs.</summary>
    /// <param name="parameter">The name of a parameter.</param>
    public static bool DependsOnRois(string parameter) => parameter.StartsWith("outputs.", StringComparison.Ordinal);

    /// <summary>Returns whether a parameter is of one of the coarser outputs, which are for training only.</summary>
    /// <param name="parameter">The name of a parameter.</param>
    public static bool IsForTrainingOnly(string parameter) => DependsOnRois(parameter) && !parameter.StartsWith("outputs.0.", StringComparison.Ordinal);

    /// <summary>Returns the geometry of a layer.</summary>
    /// <param name="options">The options of the network.</param>
    /// <param name="layer">The name of the layer, such as <c>encoders.1.convolutions.0</c>.</param>
    public static LayerGeometry Geometry(NetworkOptions options, string layer)
    {
        string[] parts = layer.Split('.');
        int level = int.Parse(parts[1], CultureInfo.InvariantCulture);
        bool halves = parts is ["encoders", not "0", "convolutions", "0"];
        bool doubles = parts[0] == "ups";
        return new LayerGeometry(options.InputSize >> level, halves || doubles ? 2 : 1, IsTransposed: doubles);
    }

    // The convolutions have no bias, which the normalization would cancel.
    private static void AddConvolutions(List<ParameterShape> list, string level, int input, int width)
    {
        for (int i = 0; i < Convolutions; i++)
        {
            int channels = i == 0 ? input : width;
            list.Add(new ParameterShape($"{level}.convolutions.{i}.weight", [width, channels, 3, 3], InitialValue.He, channels * 9));
            list.Add(new ParameterShape($"{level}.norms.{i}.weight", [width], InitialValue.One));
            list.Add(new ParameterShape($"{level}.norms.{i}.bias", [width], InitialValue.Zero));
        }
    }

    private static void Add(List<ParameterShape> list, string name, long[] shape, InitialValue initial, int fanIn)
    {
        bool isTransposed = shape[2] == 2;
        list.Add(new ParameterShape(name + ".weight", shape, initial, fanIn));
        list.Add(new ParameterShape(name + ".bias", [isTransposed ? shape[1] : shape[0]], InitialValue.Zero));
    }
}
