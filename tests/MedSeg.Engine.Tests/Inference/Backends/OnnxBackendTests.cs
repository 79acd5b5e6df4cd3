using MedSeg.Data;
using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Evaluation;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Interchange;
using MedSeg.Labels;
using MedSeg.Models;
using MedSeg.Tests.Interchange;
using MedSeg.Threading;

namespace MedSeg.Tests.Inference.Backends;

/// <summary>ONNX Runtime in torch's place.</summary>
public sealed class OnnxBackendTests : IDisposable
{
    private const float Tolerance = 1e-4f;
    private static readonly string[] s_all = ["TensorrtExecutionProvider", OnnxProvider.Cuda, OnnxProvider.DirectMl, "CPUExecutionProvider"];
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pyramid_32_2", false)]
    [InlineData("pyramid_64_6", false)]
    [InlineData("pyramid_32_2", true)]
    [InlineData("pyramid_64_6", true)]
    public void Probabilities_are_torch_s(string golden, bool isExported)
    {
        string path = InterchangeData.WriteModel(_folder, golden);
        var model = SegmentationModel.Read(path);
        var other = SegmentationModel.Read(isExported ? Export(path) : path);
        using var torch = new TorchBackend(model, "cpu");
        using var onnx = new OnnxBackend(other, "auto");
        int plane = model.Architecture.InputSize * model.Architecture.InputSize;
        int channels = model.LabelNames.Count + 1;
        var random = new Random(3);
        float[] images = [.. Enumerable.Range(0, 3 * plane).Select(_ => random.NextSingle())];

        // More slices, then fewer, as at the end of a series; what is beyond them is left alone.
        foreach (int count in (int[])[3, 1])
        {
            float[] expected = new float[3 * channels * plane];
            float[] actual = new float[3 * channels * plane];
            torch.Run(images, count, expected);
            onnx.Run(images, count, actual);
            Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -Tolerance, Tolerance));
            Assert.Equal(count, expected.Sum() / plane, 1e-3);
        }
    }

    [Fact]
    public void Masks_are_torch_s_but_in_ties_and_so_are_the_scores()
    {
        string path = TrainedModel.Train(_folder);
        string exported = Export(path);
        string images = Path.Combine(_folder, "demo", "heldout", "dicoms");
        SegmentedSlice[] expected = Segment(path, images, "torch", InferenceBackend.Auto);
        SegmentedSlice[] actual = Segment(exported, images, "onnx", InferenceBackend.Auto);
        SegmentedSlice[] converted = Segment(path, images, "converted", InferenceBackend.OnnxRuntime);

        // The demonstration's images are larger than the network's input.
        for (int i = 0; i < expected.Length; i++)
        {
            float[] mask = Values(expected[i]);
            Assert.Contains(mask, v => v != 0);
            Assert.InRange(mask.Zip(Values(actual[i])).Count(p => p.First != p.Second), 0, 2);
            Assert.Equal(Values(actual[i]), Values(converted[i]));
            Assert.Equal(expected[i].Confidence!.Value, actual[i].Confidence!.Value, 1e-3);
            Assert.Equal(expected[i].Differences, actual[i].Differences);
        }
    }

    [Fact]
    public void Data_set_is_scored_as_with_torch()
    {
        string path = TrainedModel.Train(_folder);
        Dataset dataset = TrainedModel.Import(_folder, "heldout");
        InferenceOptions options = new() { Device = "cpu" };
        double?[] expected = [.. ModelEvaluator.Evaluate(path, dataset, options, cancellationToken: TestContext.Current.CancellationToken).Slices.Select(s => s.Dice)];
        double?[] actual = [.. ModelEvaluator.Evaluate(Export(path), dataset, options, cancellationToken: TestContext.Current.CancellationToken).Slices.Select(s => s.Dice)];

        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First ?? -1, pair.Second ?? -1, 1e-2));
    }

    [Fact]
    public void Torch_does_not_take_an_ONNX_file_and_a_PyTorch_file_is_no_model()
    {
        string exported = Export(InterchangeData.WriteModel(_folder));
        InferenceOptions options = new() { Backend = InferenceBackend.Torch };

        var error = Assert.Throws<MedSegException>(() => new Segmenter(exported, options));

        Assert.Equal(("BackendMismatch", ErrorKind.InvalidArgument), (error.ErrorId, error.Kind));
        Assert.Contains(exported, error.Message, StringComparison.Ordinal);
        Assert.Equal("NotMedSegModel", Assert.Throws<FileFormatException>(() => SegmentationModel.Read(InterchangeData.SeedCheckpoint)).ErrorId);
    }

    [Fact]
    public void Network_of_another_form_than_stated_is_refused()
    {
        var small = SegmentationModel.Read(Export(InterchangeData.WriteModel(_folder)));
        var large = SegmentationModel.Read(Export(InterchangeData.WriteModel(_folder, "pyramid_64_6")));

        var error = Assert.Throws<FileFormatException>(() => new OnnxBackend(small with { Onnx = large.Onnx }, "cpu"));

        Assert.Equal("ModelMismatch", error.ErrorId);
    }

    [Fact]
    public void Content_that_is_no_network_is_an_error_that_names_the_file()
    {
        var model = SegmentationModel.Read(InterchangeData.WriteModel(_folder)) with { Onnx = [8, 7, 58, 1, 2] };

        var error = Assert.Throws<MedSegException>(() => new OnnxBackend(model, "cpu"));

        Assert.Equal("OnnxRuntimeFailed", error.ErrorId);
        Assert.Contains(model.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Provider_is_chosen_from_those_of_the_build()
    {
        Assert.Equal([new(OnnxProvider.Cuda), new(OnnxProvider.DirectMl), OnnxProvider.Cpu], OnnxProvider.Candidates("Auto", s_all));
        Assert.Equal([OnnxProvider.Cpu], OnnxProvider.Candidates("auto", ["CPUExecutionProvider"]));
        Assert.Equal([OnnxProvider.Cpu], OnnxProvider.Candidates("Cpu", s_all));
        Assert.Equal([new(OnnxProvider.Cuda, 1)], OnnxProvider.Candidates("cuda:1", s_all));
        Assert.Equal([new(OnnxProvider.DirectMl)], OnnxProvider.Candidates("DirectML", s_all));
        Assert.Equal("ProviderNotAvailable", Refused("directml:0", [OnnxProvider.Cuda]));
        Assert.Equal("ProviderNotAvailable", Refused("cuda", ["CPUExecutionProvider"]));
        foreach (string unknown in (string[])["", "npu", "cuda:", "cuda:-1", "cpu:0", "directml:x"])
        {
            Assert.Equal("DeviceUnknown", Refused(unknown, s_all));
        }
    }

    private static string Refused(string device, string[] available) =>
        Assert.Throws<MedSegException>(() => OnnxProvider.Candidates(device, available)).ErrorId;

    private static float[] Values(SegmentedSlice slice) => LabelReader.ReadFrames(slice.MaskPath!, 1, LabelMapping.None)[0].Values;

    private static string Export(string path)
    {
        string target = Path.ChangeExtension(path, ".onnx");
        ModelExporter.Export(path, ModelFormat.Onnx, target);
        return target;
    }

    private SegmentedSlice[] Segment(string model, string images, string output, InferenceBackend backend)
    {
        InferenceOptions options = new() { Backend = backend, Device = "cpu", BatchSize = 2 };
        using var segmenter = new Segmenter(model, options);
        return [.. segmenter.Run([images], new MaskOutput { OutputPath = Path.Combine(_folder, output) }, events: new EngineEvents { Error = e => throw e })];
    }
}
