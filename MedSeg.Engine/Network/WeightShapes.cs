using MedSeg.Errors;

namespace MedSeg.Network;

/// <summary>Derives the architecture of a network from the names and shapes of its weights.</summary>
internal static class WeightShapes
{
    private const string OutputBias = "stage1.map.0.bias";
    private const string FirstBias = "stage1.encoder1.0.bias";
    private const int Listed = 5;

    /// <summary>Derives the architecture.</summary>
    /// <param name="shapes">The shapes by name.</param>
    /// <param name="inputSize">The side S of the input; null for 16 times the width.</param>
    /// <param name="path">The path of the file, for errors.</param>
    /// <exception cref="FileFormatException"><c>ModelMismatch</c>: the weights are those of another network.</exception>
    public static NetworkOptions Find(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, int? inputSize, string path)
    {
        // The names are the same for all numbers of ROIs and all widths.
        RequireNames(shapes, PyramidLayout.Parameters(NetworkOptions.Published(NetworkOptions.SizeMultiple, 1)), path);
        int width = Length(shapes, FirstBias, 1, 256, path);
        int outputs = Length(shapes, OutputBias, 2, 255, path);
        var architecture = new NetworkOptions { InputSize = inputSize ?? (width * NetworkOptions.SizeMultiple), RoiCount = outputs - 1, BaseWidth = width };
        foreach (ParameterShape parameter in PyramidLayout.Parameters(architecture))
        {
            if (!shapes[parameter.Name].SequenceEqual(parameter.Shape))
            {
                string shape = string.Join(", ", shapes[parameter.Name]);
                string expected = string.Join(", ", parameter.Shape);
                throw Mismatch(path, $"'{parameter.Name}' has the shape [{shape}], but [{expected}] was expected for {architecture.RoiCount} ROIs and base width {width}");
            }
        }

        return architecture;
    }

    private static void RequireNames(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, IReadOnlyList<ParameterShape> parameters, string path)
    {
        var expected = parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        string[] missing = [.. expected.Where(name => !shapes.ContainsKey(name))];
        string[] unexpected = [.. shapes.Keys.Where(name => !expected.Contains(name))];
        if (missing.Length + unexpected.Length > 0)
        {
            throw Mismatch(path, string.Join("; ", new[] { List("missing", missing), List("unexpected", unexpected) }.OfType<string>()));
        }
    }

    private static string? List(string what, string[] names) => names.Length == 0
        ? null
        : $"{names.Length} {what}: {string.Join(", ", names.Take(Listed).Select(Shorten))}{(names.Length > Listed ? ", …" : string.Empty)}";

    // The name is untrusted and is written to a terminal.
    private static string Shorten(string name) => string.Concat(name.Take(80).Select(c => char.IsControl(c) ? '?' : c));

    private static int Length(IReadOnlyDictionary<string, IReadOnlyList<long>> shapes, string name, int minimum, int maximum, string path) =>
        shapes[name] is [var length] && length >= minimum && length <= maximum
            ? (int)length
            : throw Mismatch(path, $"'{name}' has the shape [{string.Join(", ", shapes[name])}], but one axis of {minimum} to {maximum} was expected");

    private static FileFormatException Mismatch(string path, string problem) =>
        new(ErrorIds.ModelMismatch, path, $"The weights are not those of the two-stage pyramid network: {problem}.");
}
