using MedSeg.Data;
using MedSeg.Data.Demo;
using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Interchange;
using MedSeg.Models;
using MedSeg.Network;
using MedSeg.Network.Definition;
using MedSeg.Network.Pyramid;
using MedSeg.Tests.Interchange;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;
using TorchSharp;

namespace MedSeg.Tests.Training;

/// <summary>Runs that begin with the weights of a model.</summary>
public sealed class InitialWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;
    private readonly List<string> _warnings = [];

    private EngineEvents Observer => new() { Warning = _warnings.Add };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void All_weights_are_the_models_where_the_ROIs_are_as_many()
    {
        string path = InterchangeData.WriteModel(_folder);
        using PyramidNetwork network = Drawn(2);
        InitialWeights.Load(network, path, InterchangeData.DescriptionOf(path), Observer);

        InterchangeData.AssertSame(InterchangeData.Weights("pyramid_32_2"), Split(network));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Layers_that_depend_on_the_ROIs_start_anew_where_their_number_is_another()
    {
        string path = InterchangeData.WriteModel(_folder);
        using PyramidNetwork network = Drawn(3);
        Dictionary<string, SafetensorsTensor> drawn = Split(network);
        InitialWeights.Load(network, path, InterchangeData.DescriptionOf(path, ["A", "B", "C"]), Observer);

        IReadOnlyDictionary<string, SafetensorsTensor> model = InterchangeData.Weights("pyramid_32_2");
        string[] anew = ["stage1.map.0.weight", "stage1.map.0.bias", "stage2.map.0.weight", "stage2.map.0.bias", "stage2.encoder1.0.weight"];
        foreach ((string name, SafetensorsTensor tensor) in Split(network))
        {
            SafetensorsTensor expected = anew.Contains(name) ? drawn[name] : model[name];
            Assert.True(expected.Data.Span.SequenceEqual(tensor.Data.Span), name);
        }

        Assert.Contains("start untrained", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_names_and_another_normalisation_are_warned_of()
    {
        string path = InterchangeData.WriteModel(_folder);
        using PyramidNetwork network = Drawn(2);
        InitialWeights.Load(network, path, InterchangeData.DescriptionOf(path, ["A", "B"], Normalization.ZScore), Observer);

        Assert.Equal(2, _warnings.Count);
        Assert.Contains("the ROIs are (A, B) in the data set and (Ψοίτης, Right \"psoas\") in the model", _warnings[0], StringComparison.Ordinal);
        Assert.Contains("-Normalization is ZScore in the data set and MinMax in the model", _warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_ROIs_in_another_order_are_refused()
    {
        string path = InterchangeData.WriteModel(_folder);
        using PyramidNetwork network = Drawn(2);

        var error = Assert.Throws<MedSegException>(() => InitialWeights.Load(network, path, InterchangeData.DescriptionOf(path, ["Right \"psoas\"", "Ψοίτης"]), Observer));

        Assert.Equal("InitialModelOrder", error.ErrorId);
        Assert.Contains("the ROIs are (Right \"psoas\", Ψοίτης) in the data set and (Ψοίτης, Right \"psoas\") in the model, the same names in another order", error.Finding, StringComparison.Ordinal);
        Assert.Contains("-LabelName 'Ψοίτης', 'Right \"psoas\"'", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_that_are_not_finite_are_refused()
    {
        string path = InterchangeData.WriteModel(_folder);
        SafetensorsFile file = SafetensorsFile.Read(path);
        SafetensorsTensor bias = file.Tensors["stage1.map.0.bias"];
        byte[] data = bias.Data.ToArray();
        BitConverter.TryWriteBytes(data, float.NaN);
        var weights = new Dictionary<string, SafetensorsTensor>(file.Tensors) { ["stage1.map.0.bias"] = bias with { Data = data } };
        InterchangeData.Write(path, InterchangeData.MetadataOf(path).ToFile(weights));
        using PyramidNetwork network = Drawn(2);

        Assert.Equal("WeightsNotFinite", Assert.Throws<FileFormatException>(() => InitialWeights.Load(network, path, InterchangeData.DescriptionOf(path), Observer)).ErrorId);
        Assert.Equal("WeightsNotFinite", Assert.Throws<FileFormatException>(() => SegmentationModel.Read(path)).ErrorId);
        Assert.Equal("WeightsNotFinite", Assert.Throws<FileFormatException>(() => Checkpoint.Read(path)).ErrorId);
        Assert.Equal("WeightsNotFinite", Assert.Throws<FileFormatException>(() => ModelExporter.Export(path, ModelFormat.Onnx, path + ".onnx")).ErrorId);
    }

    [Fact]
    public void Model_of_another_width_and_file_of_another_kind_are_refused()
    {
        string path = InterchangeData.WriteModel(_folder, "pyramid_64_6");
        using PyramidNetwork network = Drawn(2);

        var width = Assert.Throws<MedSegException>(() => InitialWeights.Load(network, path, InterchangeData.DescriptionOf(path), Observer));
        Assert.Equal("InitialModelWidth", width.ErrorId);
        Assert.Contains("-BaseWidth 4", width.Message, StringComparison.Ordinal);
        Assert.Equal("NotMedSegModel", Assert.Throws<FileFormatException>(() => InitialWeights.Load(network, InterchangeData.SeedCheckpoint, InterchangeData.DescriptionOf(path), Observer)).ErrorId);
    }

    [Theory]
    [InlineData(NetworkArchitecture.UNet, 32, "The model is a Pyramid, the network to train is a UNet.")]
    [InlineData(NetworkArchitecture.PyramidNorm, 32, "The model is a Pyramid, the network to train is a PyramidNorm.")]
    public void Model_of_another_architecture_is_refused_by_name(NetworkArchitecture architecture, int size, string finding)
    {
        string path = InterchangeData.WriteModel(_folder);
        using SegmentationNetwork network = SegmentationNetworks.Create(NetworkOptions.Published(size, 2) with { Architecture = architecture }, torch.CPU);

        var error = Assert.Throws<MedSegException>(() => InitialWeights.Load(network, path, InterchangeData.DescriptionOf(path), Observer));

        Assert.Equal("InitialModelArchitecture", error.ErrorId);
        Assert.Contains(finding, error.Message, StringComparison.Ordinal);
        Assert.Contains("-Architecture Pyramid", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void UNet_of_another_depth_is_refused_and_one_with_other_ROIs_keeps_all_but_its_outputs()
    {
        NetworkOptions options = NetworkOptions.Published(32, 2) with { Architecture = NetworkArchitecture.UNet };
        using SegmentationNetwork model = SegmentationNetworks.Create(options, torch.CPU);
        model.Parameters.Initialize(5);
        string path = Path.Combine(_folder, "unet.safetensors");
        ModelDescription description = InterchangeData.DescriptionOf(InterchangeData.WriteModel(_folder)) with { Architecture = options };
        InterchangeData.Write(path, new ModelMetadata { Epoch = 1, Origin = "a test", Description = description }.ToFile(model.Parameters.Split(model.Parameters.Values)));

        using SegmentationNetwork deeper = SegmentationNetworks.Create(options with { InputSize = 64 }, torch.CPU);
        var error = Assert.Throws<MedSegException>(() => InitialWeights.Load(deeper, path, description, Observer));
        Assert.Equal("InitialModelArchitecture", error.ErrorId);
        Assert.Contains("a UNet of 4 levels, the network to train has 5", error.Message, StringComparison.Ordinal);

        using SegmentationNetwork other = SegmentationNetworks.Create(options with { RoiCount = 3 }, torch.CPU);
        other.Parameters.Initialize(1);
        Dictionary<string, SafetensorsTensor> drawn = new(other.Parameters.Split(other.Parameters.Values));
        InitialWeights.Load(other, path, InterchangeData.DescriptionOf(path, ["A", "B", "C"]) with { Architecture = options with { RoiCount = 3 } }, Observer);
        Dictionary<string, SafetensorsTensor> weights = new(model.Parameters.Split(model.Parameters.Values));
        foreach ((string name, SafetensorsTensor tensor) in other.Parameters.Split(other.Parameters.Values))
        {
            SafetensorsTensor expected = name.StartsWith("outputs.", StringComparison.Ordinal) ? drawn[name] : weights[name];
            Assert.True(expected.Data.Span.SequenceEqual(tensor.Data.Span), name);
        }
    }

    [Fact]
    public void Imported_checkpoint_is_trained_further_and_resumes_bit_identically()
    {
        DemoDataset.Create(new DemoDatasetOptions { Root = Path.Combine(_folder, "data"), TrainingPatients = 2, HeldOutPatients = 1, SlicesPerPatient = 2 }, null, CancellationToken.None);
        Dataset dataset = DatasetImporter.Import(new DatasetOptions { DicomPath = Path.Combine(_folder, "data", "train", "dicoms"), LabelPath = Path.Combine(_folder, "data", "train", "labels"), InputSize = 32 }, cancellationToken: CancellationToken.None);
        string model = Path.Combine(_folder, "start.safetensors");
        InterchangeData.Write(model, ModelImporter.Import(InterchangeData.SeedCheckpoint, new ModelImportOptions()));
        var options = new TrainingOptions { Epochs = 3, BatchSize = 2, LearningRate = 1e-3, CheckpointInterval = 1 };

        Assert.Equal(3, new Trainer(dataset, options, To("whole", model)).Run(Observer, CancellationToken.None).Count());
        _ = new Trainer(dataset, options, To("parts", model)).Run(null, CancellationToken.None).First();
        _ = new Trainer(dataset, options, To("parts", model) with { Resume = true }).Run(null, CancellationToken.None).Last();
        _ = new Trainer(dataset, options, To("fresh", null)).Run(null, CancellationToken.None).Last();

        IReadOnlyDictionary<string, SafetensorsTensor> whole = Checkpoint.Read(To("whole", null).ModelPath).File.Tensors;
        InterchangeData.AssertSame(whole, Checkpoint.Read(To("parts", null).ModelPath).File.Tensors);

        // Of the seed's own encoder: a run that drew its weights would not come near it in three epochs.
        SafetensorsTensor seed = SafetensorsFile.Read(model).Tensors["stage1.encoder3.2.weight"];
        Assert.InRange(Distance(seed, whole["stage1.encoder3.2.weight"]), 1e-6, 0.01);
        Assert.InRange(Distance(seed, Checkpoint.Read(To("fresh", null).ModelPath).File.Tensors["stage1.encoder3.2.weight"]), 0.05, 10);
    }

    private RunOptions To(string name, string? model) => new() { OutputPath = Path.Combine(_folder, name), Device = "cpu", InitialModel = model };

    private static double Distance(SafetensorsTensor a, SafetensorsTensor b) =>
        a.AsFloats().ToArray().Zip(b.AsFloats().ToArray(), (x, y) => Math.Abs(x - y)).Max();

    private static PyramidNetwork Drawn(int rois)
    {
        var network = new PyramidNetwork(NetworkOptions.Published(32, rois), torch.CPU);
        network.Parameters.Initialize(1);
        return network;
    }

    private static Dictionary<string, SafetensorsTensor> Split(PyramidNetwork network) => new(network.Parameters.Split(network.Parameters.Values));
}
