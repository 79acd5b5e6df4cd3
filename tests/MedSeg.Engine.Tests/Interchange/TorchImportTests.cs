using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Interchange;
using MedSeg.Interchange.PyTorch;
using MedSeg.Models;
using MedSeg.Network.Pyramid;
using MedSeg.Tests.Network;
using MedSeg.Training;
using TorchSharp;

namespace MedSeg.Tests.Interchange;

/// <summary>Networks that PyTorch wrote, as MedSeg models.</summary>
public sealed class TorchImportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Imported_checkpoint_of_the_published_program_gives_its_probabilities()
    {
        InterchangeData.Write(PathOf("m.safetensors"), ModelImporter.Import(InterchangeData.SeedCheckpoint, new ModelImportOptions()));
        ModelMetadata model = InterchangeData.MetadataOf(PathOf("m.safetensors"));
        var file = SafetensorsFile.Read(PathOf("m.safetensors"));

        Assert.Equal((2, 32, 2), (model.Epoch, model.Description.Preprocessing.InputSize, model.Description.LabelNames.Count));
        using var scope = torch.NewDisposeScope();
        using var network = new PyramidNetwork(model.Description.Architecture, torch.CPU);
        network.Parameters.Load(file.Tensors, "m");
        torch.Tensor expected = GoldenCase.ReadFloats("seed_checkpoint", "stage2.npy");
        torch.Tensor actual = network.Predict(GoldenCase.ReadFloats("seed_checkpoint", "input.npy"));
        Assert.InRange((actual - expected).abs().max().item<float>(), 0, 1e-5);
        Assert.Equal(expected.argmax(1).data<long>().ToArray(), actual.argmax(1).data<long>().ToArray());
    }

    [Fact]
    public void What_the_file_does_not_say_comes_from_the_options()
    {
        var options = new ModelImportOptions { LabelNames = ["A", "B"], InputSize = 48, Normalization = Normalization.ZScore, ResizeMode = ResizeMode.Pad };
        InterchangeData.Write(PathOf("m.safetensors"), ModelImporter.Import(InterchangeData.SeedCheckpoint, options));
        ModelDescription model = InterchangeData.DescriptionOf(PathOf("m.safetensors"));

        Assert.Equal(["A", "B"], model.LabelNames);
        Assert.Equal(new Preprocessing { InputSize = 48, Normalization = Normalization.ZScore, ResizeMode = ResizeMode.Pad }, model.Preprocessing);
        Assert.Equal(2, model.Architecture.BaseWidth);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("A", "B", "C")]
    public void Names_that_are_not_as_many_as_the_ROIs_are_refused(params string[] names)
    {
        var error = Assert.Throws<MedSegException>(() => ModelImporter.Import(InterchangeData.SeedCheckpoint, new ModelImportOptions { LabelNames = names }));
        Assert.Equal("LabelCountMismatch", error.ErrorId);
    }

    [Theory]
    [InlineData("LabelNameTwice", "A", "A")]
    [InlineData("LabelNameEmpty", "A", " ")]
    public void Names_that_are_empty_or_given_twice_are_refused(string id, params string[] names)
    {
        var error = Assert.Throws<MedSegException>(() => ModelImporter.Import(InterchangeData.SeedCheckpoint, new ModelImportOptions { LabelNames = names }));
        Assert.Equal(id, error.ErrorId);
        Assert.Contains("-LabelName", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Views_have_the_numbers_that_PyTorch_shows()
    {
        string path = InterchangeData.Small("views.pt");
        using var file = TorchFile.Open(File.ReadAllBytes(path), path);

        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], file.Read(file.Tensors["transposed"]).AsFloats().ToArray());
        Assert.Equal([6, 7, 10, 11], file.Read(file.Tensors["part"]).AsFloats().ToArray());
        Assert.Equal([11], file.Read(file.Tensors["scalar"]).AsFloats().ToArray());
        Assert.Equal(BitConverter.GetBytes(1L << 40), file.Read(file.Tensors["count"]).Data.ToArray());
        Assert.Equal("F16", file.Read(file.Tensors["half"]).DataType);
        Assert.Empty(file.Read(file.Tensors["empty"]).Data.ToArray());
    }

    [Fact]
    public void Plain_state_dictionary_and_checkpoint_are_both_read()
    {
        string plain = InterchangeData.Small("state_dict.pt");
        string checkpoint = InterchangeData.Small("checkpoint.pt");
        using var first = TorchFile.Open(File.ReadAllBytes(plain), plain);
        using var second = TorchFile.Open(File.ReadAllBytes(checkpoint), checkpoint);

        Assert.Equal(["0.weight", "0.bias", "1.weight"], first.Tensors.Keys);
        Assert.Equal(["0.weight", "0.bias", "1.weight"], second.Tensors.Keys);
        Assert.Equal((null, 7), (first.Epoch, second.Epoch));
        Assert.Equal((false, true), (first.HasOptimizer, second.HasOptimizer));
    }

    [Fact]
    public void Another_network_is_refused_with_the_names_that_differ()
    {
        var error = Assert.Throws<FileFormatException>(() => ModelImporter.Import(InterchangeData.Small("checkpoint.pt"), new ModelImportOptions()));

        Assert.Equal("ModelMismatch", error.ErrorId);
        Assert.Contains("missing: stage1.encoder1.0.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("3 unexpected: 0.weight, 0.bias, 1.weight", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_no_numbers_are_refused(float value)
    {
        var weights = new Dictionary<string, SafetensorsTensor>(InterchangeData.Weights("pyramid_32_2"));
        float[] bias = weights["stage2.map.0.bias"].AsFloats().ToArray();
        bias[1] = value;
        weights["stage2.map.0.bias"] = SafetensorsTensor.FromFloats([3], bias);
        InterchangeData.Write(PathOf("nan.safetensors"), new SafetensorsFile(weights, new Dictionary<string, string>()));

        var error = Assert.Throws<FileFormatException>(() => ModelImporter.Import(PathOf("nan.safetensors"), new ModelImportOptions()));
        Assert.Equal("WeightsNotFinite", error.ErrorId);
        Assert.Contains("'stage2.map.0.bias'", error.Message, StringComparison.Ordinal);
    }
}
