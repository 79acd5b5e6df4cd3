using MedSeg.Data.Samples;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Inference.Backends;
using MedSeg.Models;
using MedSeg.Network.Pyramid;
using MedSeg.Tests.Data;
using MedSeg.Training;

namespace MedSeg.Tests.Inference.Backends;

/// <summary>Models as training writes them, and spoiled ones.</summary>
public sealed class SegmentationModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Model_segments_as_training_validates_and_knows_its_training_images()
    {
        string model = TrainedModel.Train(_folder);

        var read = SegmentationModel.Read(model);
        using var backend = new TorchBackend(read, "cpu");
        Sample sample = TrainedModel.Import(_folder, "train").Samples[0];
        float[] probabilities = new float[5 * 32 * 32];
        backend.Run(sample.Image(), 1, probabilities);

        for (int i = 0; i < 32 * 32; i++)
        {
            Assert.Equal(1, Enumerable.Range(0, 5).Sum(c => probabilities[(c * 1024) + i]), 1e-5);
        }

        Assert.Equal(["MR"], read.TrainingData!.Modalities);
        Assert.Empty(read.TrainingData.Differences("MR", sample.Spread!.Value, sample.Image(), 32));
        Assert.NotEmpty(read.TrainingData.Differences("CT", sample.Spread!.Value, sample.Image(), 32));
        Assert.NotEmpty(read.TrainingData.Differences("MR", new IntensitySpread(1e5, 1e4), sample.Image(), 32));
        Assert.NotEmpty(read.TrainingData.Differences("MR", sample.Spread!.Value, [.. sample.Image().Reverse().Select(v => 1 - v)], 32));
    }

    [Fact]
    public void Spoiled_models_are_refused_with_what_is_wrong()
    {
        string model = TrainedModel.Train(_folder);
        byte[] content = File.ReadAllBytes(model);

        Assert.Equal("SafetensorsTruncated", IdOf(content[..(content.Length / 2)]));
        byte[] damaged = [.. content];
        damaged[^5] ^= 1;
        Assert.Equal("CheckpointDamaged", IdOf(damaged));
        Assert.Equal("CheckpointInvalid", IdOf(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "pyramid_32_2", "weights.safetensors"))));
        Assert.Equal("NotSafetensors", IdOf("this is no model at all"u8.ToArray()));

        var file = SafetensorsFile.Read(model);
        Assert.Equal("CheckpointVersion", IdOf(Bytes(new SafetensorsFile(file.Tensors, new Dictionary<string, string>(file.Metadata) { ["medseg.format"] = "9" }).Write)));

        // Of three ROIs, with the weights of four.
        (Checkpoint state, _) = Checkpoint.Read(model);
        ModelDescription three = state.Description with { Data = state.Description.Data with { LabelNames = ["A", "B", "C"] } };
        using var network = new PyramidNetwork(SegmentationModel.Read(model).Architecture, TorchSharp.torch.CPU);
        Assert.Equal("ModelMismatch", IdOf(Bytes((state with { Description = three }).ToModel(network.Parameters).Write)));
    }

    private static byte[] Bytes(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    private string IdOf(byte[] content)
    {
        string path = Path.Combine(_folder, "spoiled.safetensors");
        File.WriteAllBytes(path, content);
        var error = Assert.ThrowsAny<MedSegException>(() => SegmentationModel.Read(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        return error.ErrorId;
    }
}
