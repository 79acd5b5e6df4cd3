using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Interchange;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Network.Definition;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;

namespace MedSeg.Tests.Interchange;

/// <summary>Each architecture in files: ONNX for ONNX Runtime, .pt for the modules of docs/python.md, and back.</summary>
public sealed partial class ArchitectureFileTests : IDisposable
{
    private const int Size = 48;
    private const int Rois = 3;

    // Makes the network that the file says, as docs/python.md tells, and writes its probabilities.
    private const string Compute = """
        import numpy
        saved = torch.load("m.pt", map_location="cpu")
        notes = saved["medseg"]
        size, rois, width, channels = notes["input_size"], len(notes["label_names"]), notes["base_width"], max(1, len(notes.get("channels", [])))
        network = UNet(size, rois, width, channels) if notes["architecture"] == "UNet" else Pyramid(rois, width, norm=notes["architecture"] == "PyramidNorm", channels=channels)
        network = torch.nn.DataParallel(network)
        print(network.load_state_dict(saved["state_dict"]))
        network.eval()
        image = torch.from_numpy(numpy.fromfile("image.bin", numpy.float32)).view(2, channels, size, size)
        network.module(image).detach().numpy().tofile("python.bin")
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public static TheoryData<NetworkArchitecture, int> All => [.. Enum.GetValues<NetworkArchitecture>().SelectMany(architecture => (int[])[1, 3], (architecture, channels) => (architecture, channels))];

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Onnx_runtime_gives_the_engines_probabilities(NetworkArchitecture architecture, int channels)
    {
        (torch.Tensor image, float[] expected) = WriteModel(architecture, channels);
        ModelExporter.Export(PathOf("m.safetensors"), ModelFormat.Onnx, PathOf("m.onnx"));
        using var session = new InferenceSession(PathOf("m.onnx"));

        var input = new DenseTensor<float>(image.data<float>().ToArray(), [2, channels, Size, Size]);
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> output = session.Run([NamedOnnxValue.CreateFromTensor("image", input)]);

        AssertClose(expected, [.. Assert.Single(output).AsEnumerable<float>()]);
        Assert.Equal(architecture.ToString(), session.ModelMetadata.CustomMetadataMap["medseg.architecture"]);
        Assert.Equal(architecture, ModelFile.Describe(PathOf("m.onnx")).Architecture);
        string content = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(PathOf("m.onnx")));
        Assert.Equal(architecture != NetworkArchitecture.Pyramid, content.Contains("InstanceNormalization", StringComparison.Ordinal));
        Assert.Equal(architecture == NetworkArchitecture.UNet, content.Contains("LeakyRelu", StringComparison.Ordinal));
        Assert.False(content.Contains("outputs.1", StringComparison.Ordinal), "Outputs for training only are in the file.");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Modules_of_the_documentation_load_the_pt_file_and_give_the_engines_probabilities(NetworkArchitecture architecture, int channels)
    {
        (torch.Tensor image, float[] expected) = WriteModel(architecture, channels);
        ModelExporter.Export(PathOf("m.safetensors"), ModelFormat.PyTorch, PathOf("m.pt"));
        File.WriteAllBytes(PathOf("image.bin"), MemoryMarshal.AsBytes<float>(image.data<float>().ToArray()).ToArray());
        string page = File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "docs", "python.md"));

        string output = PythonTorch.Run(Module().Match(page).Groups[1].Value + Compute, _folder.FullName);

        Assert.Contains("All keys matched", output, StringComparison.Ordinal);
        AssertClose(expected, MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(PathOf("python.bin"))).ToArray());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Model_comes_back_from_a_pt_file_bit_identically(NetworkArchitecture architecture, int channels)
    {
        _ = WriteModel(architecture, channels);
        ModelExporter.Export(PathOf("m.safetensors"), ModelFormat.PyTorch, PathOf("m.pt"));

        InterchangeData.Write(PathOf("back.safetensors"), ModelImporter.Import(PathOf("m.pt"), new ModelImportOptions()));

        InterchangeData.AssertSame(SafetensorsFile.Read(PathOf("m.safetensors")).Tensors, SafetensorsFile.Read(PathOf("back.safetensors")).Tensors);
        Assert.Equal(InterchangeData.MetadataOf(PathOf("m.safetensors")).Description.Architecture, InterchangeData.MetadataOf(PathOf("back.safetensors")).Description.Architecture);
        ModelInfo model = ModelFile.Describe(PathOf("m.pt"));
        Assert.Equal((architecture, 3, Rois, Size), (model.Architecture, model.BaseWidth, model.RoiCount, model.InputSize));
        Assert.Equal(ChannelsOf(channels), model.Channels);
        Assert.Equal(ChannelsOf(channels), InterchangeData.MetadataOf(PathOf("back.safetensors")).Description.Preprocessing.Channels);
    }

    [Theory]
    [InlineData(NetworkArchitecture.PyramidNorm, "stage2.decoder3.1.weight", "pyramid network with instance normalization")]
    [InlineData(NetworkArchitecture.UNet, "decoders.1.norms.0.bias", "MedSeg UNet")]
    public void Weights_that_lack_one_are_refused_by_its_name(NetworkArchitecture architecture, string missing, string network)
    {
        _ = WriteModel(architecture);
        Dictionary<string, SafetensorsTensor> weights = new(SafetensorsFile.Read(PathOf("m.safetensors")).Tensors);
        weights.Remove(missing);
        InterchangeData.Write(PathOf("plain.safetensors"), new SafetensorsFile(weights, new Dictionary<string, string>()));

        var error = Assert.Throws<FileFormatException>(() => ModelImporter.Import(PathOf("plain.safetensors"), new ModelImportOptions { InputSize = Size }));

        Assert.Equal("ModelMismatch", error.ErrorId);
        Assert.Contains($"1 missing: {missing}", error.Message, StringComparison.Ordinal);
        Assert.Contains(network, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_size_of_a_UNet_must_suit_its_depth()
    {
        _ = WriteModel(NetworkArchitecture.UNet);
        Dictionary<string, SafetensorsTensor> weights = new(SafetensorsFile.Read(PathOf("m.safetensors")).Tensors);
        InterchangeData.Write(PathOf("plain.safetensors"), new SafetensorsFile(weights, new Dictionary<string, string>()));

        var error = Assert.Throws<FileFormatException>(() => ModelImporter.Import(PathOf("plain.safetensors"), new ModelImportOptions { InputSize = 64 }));

        Assert.Contains("they have 4 levels, but a UNet for 64 × 64 pixels has 5", error.Message, StringComparison.Ordinal);
        Assert.Equal(32, ModelFile.Describe(PathOf("plain.safetensors")).InputSize);
    }

    private (torch.Tensor Image, float[] Probabilities) WriteModel(NetworkArchitecture architecture, int channels = 1)
    {
        var options = new NetworkOptions { Architecture = architecture, InputSize = Size, Channels = channels, RoiCount = Rois, BaseWidth = 3, DropoutRate = 0 };
        using SegmentationNetwork network = SegmentationNetworks.Create(options, torch.CPU);
        network.Parameters.Initialize(2);
        using var generator = new torch.Generator(4);
        foreach (ParameterShape parameter in network.Parameters.Shapes.Where(p => p.Shape.Length == 1))
        {
            using IDisposable noGradient = torch.no_grad();
            network.Parameters[parameter.Name].add_(torch.rand(parameter.Shape, generator: generator));
        }

        var model = new MedSeg.Training.ModelMetadata
        {
            Epoch = 0,
            Origin = "a test",
            Description = new ModelDescription
            {
                Architecture = options,
                Data = new DataDescription { LabelNames = ["A", "B", "C"], Preprocessing = new Preprocessing { InputSize = Size, Channels = ChannelsOf(channels) } },
            },
        };
        InterchangeData.Write(PathOf("m.safetensors"), model.ToFile(network.Parameters.Split(network.Parameters.Values)));
        torch.Tensor image = torch.rand([2, channels, Size, Size], generator: generator);
        return (image, [.. network.Predict(image).contiguous().data<float>()]);
    }

    private static ImageChannel[] ChannelsOf(int count) => count == 1 ? [] : [.. Enumerable.Range(0, count).Select(i => new ImageChannel($"c{i}", $"_{i}"))];

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.InRange(expected.Zip(actual, (wanted, found) => Math.Abs(wanted - found)).Max(), 0, 5e-5f);
    }

    [GeneratedRegex("```py\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Module();
}
