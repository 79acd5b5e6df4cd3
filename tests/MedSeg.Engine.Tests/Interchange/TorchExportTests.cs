using System.Text.RegularExpressions;
using MedSeg.Files.Safetensors;
using MedSeg.Interchange;
using MedSeg.Models;
using MedSeg.Training;

namespace MedSeg.Tests.Interchange;

/// <summary>MedSeg models as PyTorch's .pt files.</summary>
public sealed partial class TorchExportTests : IDisposable
{
    // Prints each weight's name, shape and bytes in hexadecimal digest, and what else there is.
    private const string Digest = """
        import hashlib, sys, torch
        saved = torch.load(sys.argv[1], map_location="cpu")
        print("epoch", saved["epoch"])
        for name, w in saved["state_dict"].items():
            print(name, list(w.shape), w.dtype, w.is_contiguous(), hashlib.sha256(w.numpy().tobytes()).hexdigest().upper())
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("pyramid_32_2")]
    [InlineData("pyramid_64_6")]
    public void Model_comes_back_bit_identical_from_a_pt_file_with_names_and_normalization(string golden)
    {
        string model = InterchangeData.WriteModel(_folder.FullName, golden);
        ModelExporter.Export(model, ModelFormat.PyTorch, PathOf("m.pt"));
        InterchangeData.Write(PathOf("back.safetensors"), ModelImporter.Import(PathOf("m.pt"), new ModelImportOptions()));

        InterchangeData.AssertSame(InterchangeData.Weights(golden), SafetensorsFile.Read(PathOf("back.safetensors")).Tensors);
        ModelMetadata before = InterchangeData.MetadataOf(model);
        ModelMetadata after = InterchangeData.MetadataOf(PathOf("back.safetensors"));
        Assert.Equal(before.Description.LabelNames, after.Description.LabelNames);
        Assert.Equal((before.Epoch, before.Description.Preprocessing), (after.Epoch, after.Description.Preprocessing));
    }

    [Fact]
    public void PyTorch_loads_the_file_with_bit_identical_weights()
    {
        ModelExporter.Export(InterchangeData.WriteModel(_folder.FullName), ModelFormat.PyTorch, PathOf("m.pt"));

        string[] lines = PythonTorch.Run(Digest, _folder.FullName, "m.pt").Split('\n', StringSplitOptions.RemoveEmptyEntries);

        IReadOnlyDictionary<string, SafetensorsTensor> weights = InterchangeData.Weights("pyramid_32_2");
        Assert.Equal("epoch 0", lines[0]);
        Assert.Equal(weights.Count, lines.Length - 1);
        foreach (string line in lines.Skip(1))
        {
            string name = line.Split(' ')[0]["module.".Length..];
            SafetensorsTensor expected = weights[name];
            string digest = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(expected.Data.Span));
            Assert.Equal($"module.{name} [{string.Join(", ", expected.Shape)}] torch.float32 True {digest}", line);
        }
    }

    [Fact]
    public void Published_program_finds_its_own_names_and_shapes_in_its_own_order()
    {
        string model = PathOf("seed.safetensors");
        InterchangeData.Write(model, ModelImporter.Import(InterchangeData.SeedCheckpoint, new ModelImportOptions()));
        ModelExporter.Export(model, ModelFormat.PyTorch, PathOf("seed.pt"));

        // All lines, so also the digests of the weights, agree with what the published program's file gives.
        Assert.Equal(
            PythonTorch.Run(Digest, _folder.FullName, InterchangeData.SeedCheckpoint),
            PythonTorch.Run(Digest, _folder.FullName, "seed.pt"));
    }

    [Fact]
    public void Archive_passes_Pythons_own_check()
    {
        ModelExporter.Export(InterchangeData.WriteModel(_folder.FullName), ModelFormat.PyTorch, PathOf("m.pt"));
        const string check = """
            import zipfile
            z = zipfile.ZipFile("m.pt")
            assert z.testzip() is None
            print({i.compress_type for i in z.infolist()}, {(lambda b: (i.header_offset + 30 + int.from_bytes(b[26:28], "little") + int.from_bytes(b[28:30], "little")) % 64)(open("m.pt", "rb").read()[i.header_offset:i.header_offset + 30]) for i in z.infolist()})
            """;
        Assert.Equal("{0} {0}", PythonTorch.Run(check, _folder.FullName).Trim());
    }

    [Fact]
    public void Lines_of_the_documentation_lead_to_Python_and_back()
    {
        string root = TestPaths.RepositoryRoot;
        string page = File.ReadAllText(Path.Combine(root, "docs", "python.md"));
        string[] blocks = [.. PythonBlock().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.True(blocks.Length == 2, "docs/python.md has a block to Python and one back.");
        Assert.All(blocks, block => Assert.InRange(block.Trim().Split('\n').Length, 1, 10));
        ModelExporter.Export(InterchangeData.WriteModel(_folder.FullName), ModelFormat.PyTorch, PathOf("model.pt"));

        // Stands for the published program's network: modules and parameters of its names.
        const string network = """
            import torch
            network = torch.nn.Module()
            for name, weight in torch.load("model.pt")["state_dict"].items():
                module, parts = network, name.split(".")[1:]
                for part in parts[:-1]:
                    if part not in module._modules:
                        module.add_module(part, torch.nn.Module())
                    module = module._modules[part]
                module.register_parameter(parts[-1], torch.nn.Parameter(torch.zeros_like(weight)))

            """;
        string output = PythonTorch.Run(network + blocks[0] + "\n" + blocks[1], _folder.FullName);

        Assert.Contains("Right \"psoas\"", output, StringComparison.Ordinal);
        SafetensorsFile back = ModelImporter.Import(PathOf("from_python.pt"), new ModelImportOptions());
        InterchangeData.AssertSame(InterchangeData.Weights("pyramid_32_2"), back.Tensors);
    }

    [GeneratedRegex("```python\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex PythonBlock();
}
