using MedSeg.Errors;
using MedSeg.Files.Protobuf;
using MedSeg.Interchange;
using MedSeg.Interchange.Onnx;
using MedSeg.Models;
using MedSeg.Tests.Network;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using TorchSharp;

namespace MedSeg.Tests.Interchange;

/// <summary>Networks as ONNX, computed by ONNX Runtime.</summary>
public sealed class OnnxTests : IDisposable
{
    private const float Tolerance = 1e-4f;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("pyramid_32_2")]
    [InlineData("pyramid_64_6")]
    public void Onnx_runtime_gives_the_published_probabilities(string name)
    {
        var golden = new GoldenCase(name);
        using InferenceSession session = Open(name);
        using torch.Tensor input = golden.Floats("input.npy");
        using torch.Tensor expected = golden.Floats("stage2.npy");

        float[] actual = Compute(session, [.. input.data<float>()], golden.InputSize);

        AssertSame([.. expected.data<float>()], actual, golden.RoiCount + 1, golden.InputSize * golden.InputSize);
    }

    [Theory]
    [InlineData("pyramid_32_2")]
    [InlineData("pyramid_64_6")]
    public void Onnx_runtime_gives_the_engines_probabilities_for_any_number_of_slices(string name)
    {
        var golden = new GoldenCase(name);
        using InferenceSession session = Open(name);
        using var network = golden.LoadNetwork();
        foreach (int batch in (int[])[1, 2, 5])
        {
            using var scope = torch.NewDisposeScope();
            using var generator = new torch.Generator(3, torch.CPU);
            torch.Tensor image = torch.rand([batch, 1, golden.InputSize, golden.InputSize], torch.ScalarType.Float32, torch.CPU, generator: generator);
            float[] expected = [.. network.Predict(image).contiguous().data<float>()];

            AssertSame(expected, Compute(session, [.. image.data<float>()], golden.InputSize), golden.RoiCount + 1, golden.InputSize * golden.InputSize);
        }
    }

    [Fact]
    public void Metadata_tell_names_size_and_normalisation()
    {
        using InferenceSession session = Open("pyramid_32_2");

        Dictionary<string, string> metadata = session.ModelMetadata.CustomMetadataMap;
        Assert.Equal(["Ψοίτης", "Right \"psoas\""], System.Text.Json.JsonSerializer.Deserialize<string[]>(metadata["medseg.labels"])!);
        Assert.Equal(("32", "MinMax", "Stretch"), (metadata["medseg.input_size"], metadata["medseg.normalization"], metadata["medseg.resize_mode"]));
        Assert.Equal("MedSeg", session.ModelMetadata.ProducerName);
        Assert.Equal([-1, 1, 32, 32], session.InputMetadata["image"].Dimensions);
        Assert.Equal([-1, 3, 32, 32], session.OutputMetadata["probabilities"].Dimensions);
    }

    [Fact]
    public void Damaged_or_foreign_file_is_refused()
    {
        using (Open("pyramid_32_2"))
        {
        }

        byte[] file = File.ReadAllBytes(PathOf("m.onnx"));
        Assert.Equal("OnnxInvalid", Refused(file[..^3]));
        Assert.Equal("OnnxNotMedSeg", Refused(Foreign()));
        file[5000] ^= 1;
        Assert.Equal("OnnxDamaged", Refused(file));
    }

    private static byte[] Foreign()
    {
        var model = new ProtobufWriter();
        model.Number(OnnxFields.Model.IrVersion, 8);
        model.Text(OnnxFields.Model.ProducerName, "pytorch");
        model.Bytes(OnnxFields.Model.Graph, []);
        return model.Content.ToArray();
    }

    private string Refused(byte[] content)
    {
        File.WriteAllBytes(PathOf("bad.onnx"), content);
        return Assert.Throws<FileFormatException>(() => ModelFile.Describe(PathOf("bad.onnx"))).ErrorId;
    }

    private InferenceSession Open(string golden)
    {
        ModelExporter.Export(InterchangeData.WriteModel(_folder.FullName, golden), ModelFormat.Onnx, PathOf("m.onnx"));
        return new InferenceSession(PathOf("m.onnx"));
    }

    private static float[] Compute(InferenceSession session, float[] image, int size)
    {
        var input = new DenseTensor<float>(image, [image.Length / (size * size), 1, size, size]);
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> output = session.Run([NamedOnnxValue.CreateFromTensor("image", input)]);
        return [.. Assert.Single(output).AsEnumerable<float>()];
    }

    // [B, channels, pixels]: as probable as it was, and the same class but where two are nearly as probable.
    private static void AssertSame(float[] expected, float[] actual, int channels, int pixels)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i] - expected[i], -Tolerance, Tolerance);
        }

        for (int i = 0; i < expected.Length / channels; i++)
        {
            int first = (i / pixels * channels * pixels) + (i % pixels);
            int wanted = Best(expected, first, channels, pixels);
            int found = Best(actual, first, channels, pixels);
            Assert.True(wanted == found || expected[first + (wanted * pixels)] - expected[first + (found * pixels)] < Tolerance, $"Pixel {i}: {found} in place of {wanted}.");
        }
    }

    private static int Best(float[] values, int first, int channels, int pixels) =>
        Enumerable.Range(0, channels).MaxBy(channel => values[first + (channel * pixels)]);
}
