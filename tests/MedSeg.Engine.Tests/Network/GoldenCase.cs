using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MedSeg.Devices;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Definition;
using MedSeg.Network.Layers;
using MedSeg.Network.Pyramid;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>Values that the published program computed; see Golden/README.md.</summary>
internal sealed partial class GoldenCase
{
    private readonly string _folder;

    public GoldenCase(string name)
    {
        _folder = Path.Combine(AppContext.BaseDirectory, "Golden", name);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "expected.json")));
        JsonElement root = expected.RootElement;
        InputSize = root.GetProperty("input_size").GetInt32();
        RoiCount = root.GetProperty("num_labels").GetInt32();
        ParameterCount = root.GetProperty("parameters").GetInt64();
        LearningRate = root.GetProperty("adam_learning_rate").GetDouble();
        Losses = [.. root.GetProperty("loss_per_step").EnumerateArray().Select(e => e.GetDouble())];
        ArgmaxCounts = [.. root.GetProperty("argmax_counts_stage2_initial").EnumerateArray().Select(e => e.GetInt64())];
        GradientNorms = root.GetProperty("gradient_norm_step1").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble());
    }

    public int InputSize { get; }

    public int RoiCount { get; }

    public long ParameterCount { get; }

    public double LearningRate { get; }

    public double[] Losses { get; }

    public long[] ArgmaxCounts { get; }

    public Dictionary<string, double> GradientNorms { get; }

    public NetworkOptions Options => NetworkOptions.Published(InputSize, RoiCount) with { DropoutRate = 0 };

    public SafetensorsFile Weights() => SafetensorsFile.Read(Path.Combine(_folder, "weights.safetensors"));

    public torch.Tensor Floats(string file) => Read(file).Floats;

    /// <summary>Reads single-precision numbers of a folder that has no expected.json.</summary>
    public static torch.Tensor ReadFloats(string name, string file) => ReadFile(Path.Combine(AppContext.BaseDirectory, "Golden", name, file)).Floats;

    /// <summary>Reads bytes of a folder that has no expected.json of the published program.</summary>
    public static torch.Tensor ReadBytes(string name, string file) => ReadFile(Path.Combine(AppContext.BaseDirectory, "Golden", name, file)).Bytes;

    public torch.Tensor Labels() => Read("labels.npy").Bytes;

    /// <summary>Loads the network.</summary>
    /// <param name="byTorch">Whether torch's operations compute it, as on a GPU.</param>
    /// <param name="path">What computes convolutions otherwise; null for the usual.</param>
    public PyramidNetwork LoadNetwork(bool byTorch = false, ConvolutionPath? path = null)
    {
        var network = new PyramidNetwork(Options, torch.CPU, byTorch ? new LayerOperations() : null) { Convolutions = path ?? CpuFeatures.Convolutions };
        network.Parameters.Load(Weights().Tensors, "golden");
        return network;
    }

    // A reader of its own, so that a fault in the engine's npy reader cannot hide one in the network.
    private NpyContent Read(string file) => ReadFile(Path.Combine(_folder, file));

    private static NpyContent ReadFile(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int headerLength = BitConverter.ToUInt16(bytes, 8);
        string header = Encoding.ASCII.GetString(bytes, 10, headerLength);
        long[] shape = [.. ShapePattern().Match(header).Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(s => long.Parse(s, CultureInfo.InvariantCulture))];
        return new NpyContent(shape, bytes.AsMemory(10 + headerLength));
    }

    [GeneratedRegex(@"'shape': \(([^)]*)\)")]
    private static partial Regex ShapePattern();

    private sealed record NpyContent(long[] Shape, ReadOnlyMemory<byte> Data)
    {
        public torch.Tensor Floats => torch.tensor(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Data.Span).ToArray(), Shape);

        public torch.Tensor Bytes => torch.tensor(Data.ToArray(), Shape);
    }
}
