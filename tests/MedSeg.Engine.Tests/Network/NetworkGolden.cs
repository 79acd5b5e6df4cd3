using System.Text.Json;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Definition;
using TorchSharp;

namespace MedSeg.Tests.Network;

/// <summary>Values that PyTorch computed with the modules of docs/python.md; see Golden/make_unet_golden.py.</summary>
internal sealed class NetworkGolden
{
    private readonly string _name;
    private readonly JsonElement _expected;

    public NetworkGolden(string name)
    {
        _name = name;
        _expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json"))).RootElement;
    }

    public NetworkOptions Options => new()
    {
        Architecture = Enum.Parse<NetworkArchitecture>(_expected.GetProperty("architecture").GetString()!),
        InputSize = Number("input_size"),
        RoiCount = Number("rois"),
        Channels = Number("channels"),
        BaseWidth = Number("base_width"),
        DropoutRate = 0,
    };

    public int ParameterCount => Number("parameters");

    public double[] Losses => [.. _expected.GetProperty("losses").EnumerateArray().Select(e => e.GetDouble())];

    public Dictionary<string, (double Norm, double Product)> Gradients =>
        _expected.GetProperty("gradients").EnumerateObject().ToDictionary(p => p.Name, p => (p.Value[0].GetDouble(), p.Value[1].GetDouble()));

    public Dictionary<string, double> AfterStep => _expected.GetProperty("after_step").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble());

    private string Folder => Path.Combine(AppContext.BaseDirectory, "Golden", _name);

    public IReadOnlyDictionary<string, SafetensorsTensor> Weights() => SafetensorsFile.Read(Path.Combine(Folder, "weights.safetensors")).Tensors;

    public torch.Tensor Floats(string file) => GoldenCase.ReadFloats(_name, file);

    public torch.Tensor Labels() => GoldenCase.ReadBytes(_name, "labels.npy");

    public SegmentationNetwork Load(ComputedBy by)
    {
        SegmentationNetwork network = NetworkPaths.Create(Options, by);
        network.Parameters.Load(Weights(), "golden");
        return network;
    }

    private int Number(string name) => _expected.GetProperty(name).GetInt32();
}
