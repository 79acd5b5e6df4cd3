using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Network.UNet;

namespace MedSeg.Network;

/// <summary>Derives the architecture of a network from the names and shapes of its weights.</summary>
internal static class WeightShapes
{
    private const string PyramidOutput = "stage1.map.0.bias";
    private const string PyramidFirst = "stage1.encoder1.0.weight";
    private const string UNetOutput = "outputs.0.bias";
    private const string UNetFirst = "encoders.0.convolutions.0.weight";

    // Only with instance normalization, the slopes of the first PReLU come third.
    private const string PyramidNormSlope = "stage1.encoder1.2.weight";
    // More would be deeper than the largest input.
    private const int MaxLevels = 12;
    private const int Listed = 5;

    /// <summary>Derives the options of the network.</summary>
    /// <param name="shapes">The shapes by name.</param>
    /// <param name="inputSize">The side S of the input; null for 16 times the width of a pyramid, or the least for the depth of a U-Net.</param>
    /// <param name="path">The path of the file, for errors.</param>
    /// <exception cref="FileFormatException"><c>ModelMismatch</c>: the weights are those of another network.</exception>
    public static NetworkOptions Find(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, int? inputSize, string path)
    {
        NetworkArchitecture architecture = shapes.ContainsKey(UNetFirst) ? NetworkArchitecture.UNet
            : shapes.ContainsKey(PyramidNormSlope) ? NetworkArchitecture.PyramidNorm
            : NetworkArchitecture.Pyramid;
        NetworkOptions options = architecture == NetworkArchitecture.UNet ? FindUNet(shapes, inputSize, path) : FindPyramid(shapes, architecture, inputSize, path);
        foreach (ParameterShape parameter in NetworkLayouts.Parameters(options))
        {
            if (!shapes[parameter.Name].SequenceEqual(parameter.Shape))
            {
                string shape = string.Join(", ", shapes[parameter.Name]);
                string expected = string.Join(", ", parameter.Shape);
                throw Mismatch(options.Architecture, path, $"'{parameter.Name}' has the shape [{shape}], but [{expected}] was expected for {options.RoiCount} ROIs, base width {options.BaseWidth} and {options.Channels} {(options.Channels == 1 ? "channel" : "channels")}");
            }
        }

        return options;
    }

    private static NetworkOptions FindPyramid(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, NetworkArchitecture architecture, int? inputSize, string path)
    {
        // The names are the same for all numbers of ROIs and all widths.
        const int anySize = 2 * NetworkOptions.SizeMultiple;
        RequireNames(shapes, NetworkOptions.Published(anySize, 1) with { Architecture = architecture }, path);
        int width = First(shapes, PyramidFirst, architecture, path);
        return new NetworkOptions
        {
            Architecture = architecture,
            InputSize = inputSize ?? (width * NetworkOptions.SizeMultiple),
            RoiCount = Outputs(shapes, PyramidOutput, architecture, path) - 1,
            BaseWidth = width,
            Channels = Channels(shapes, PyramidFirst, architecture, path),
        };
    }

    private static NetworkOptions FindUNet(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, int? inputSize, string path)
    {
        int levels = 1;
        while (shapes.ContainsKey($"encoders.{levels}.convolutions.0.weight") && levels < MaxLevels)
        {
            levels++;
        }

        int size = inputSize ?? UNetLayout.LeastSize(levels);
        if (UNetLayout.Levels(size) != levels)
        {
            throw Mismatch(NetworkArchitecture.UNet, path, $"they have {levels} levels, but a UNet for {size} × {size} pixels has {UNetLayout.Levels(size)}");
        }

        NetworkOptions names = new() { Architecture = NetworkArchitecture.UNet, InputSize = size, RoiCount = 1, BaseWidth = 1 };
        RequireNames(shapes, names, path);
        int width = First(shapes, UNetFirst, NetworkArchitecture.UNet, path);
        return names with { RoiCount = Outputs(shapes, UNetOutput, NetworkArchitecture.UNet, path) - 1, BaseWidth = width, Channels = Channels(shapes, UNetFirst, NetworkArchitecture.UNet, path) };
    }

    private static void RequireNames(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, NetworkOptions options, string path)
    {
        var expected = NetworkLayouts.Parameters(options).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        string[] missing = [.. expected.Where(name => !shapes.ContainsKey(name))];
        string[] unexpected = [.. shapes.Keys.Where(name => !expected.Contains(name))];
        if (missing.Length + unexpected.Length > 0)
        {
            throw Mismatch(options.Architecture, path, string.Join("; ", new[] { List("missing", missing), List("unexpected", unexpected) }.OfType<string>()));
        }
    }

    private static string? List(string what, string[] names) => names.Length == 0
        ? null
        : $"{names.Length} {what}: {string.Join(", ", names.Take(Listed).Select(Shorten))}{(names.Length > Listed ? ", …" : string.Empty)}";

    // The name is untrusted and is written to a terminal.
    private static string Shorten(string name) => string.Concat(name.Take(80).Select(c => char.IsControl(c) ? '?' : c));

    private static int Outputs(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, string name, NetworkArchitecture architecture, string path) =>
        shapes[name] is [var length and >= 2 and <= 255]
            ? (int)length
            : throw Mismatch(architecture, path, $"'{name}' has the shape [{string.Join(", ", shapes[name])}], but one axis of 2 to 255 was expected");

    private static int First(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, string name, NetworkArchitecture architecture, string path) =>
        shapes[name] is [var width and >= 1 and <= NetworkOptions.MaxBaseWidth, _, _, _]
            ? (int)width
            : throw Mismatch(architecture, path, $"'{name}' has the shape [{string.Join(", ", shapes[name])}], but four axes were expected, the first of 1 to {NetworkOptions.MaxBaseWidth}");

    private static int Channels(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, string name, NetworkArchitecture architecture, string path) =>
        shapes[name] is [_, var channels and >= 1 and <= NetworkOptions.MaxChannels, _, _]
            ? (int)channels
            : throw Mismatch(architecture, path, $"'{name}' has the shape [{string.Join(", ", shapes[name])}], but 1 to {NetworkOptions.MaxChannels} channels were expected");

    private static FileFormatException Mismatch(NetworkArchitecture architecture, string path, string problem)
    {
        string network = architecture switch
        {
            NetworkArchitecture.UNet => "a MedSeg UNet",
            NetworkArchitecture.PyramidNorm => "the two-stage pyramid network with instance normalization",
            _ => "the two-stage pyramid network",
        };
        return new(ErrorIds.ModelMismatch, path, $"The weights are not those of {network}: {problem}.");
    }
}
