using System.IO.Compression;
using MedSeg.Files.Protobuf;
using MedSeg.Files.Safetensors;
using MedSeg.Interchange;
using MedSeg.Interchange.Onnx;
using MedSeg.Interchange.PyTorch;
using MedSeg.Tests.Fuzzing;

namespace MedSeg.Tests.Interchange;

/// <summary>Whatever a file of a network holds, it ends soon, with little memory, in tensors or in the one error that says why not.</summary>
public class InterchangeFuzzTests
{
    private const string FilePath = "/data/model";
    private const long Room = 1 << 20;

    // A pickle makes at most an object of some hundred bytes a byte, and its zip archive is read beside.
    private const long BytesPerByte = 1024;

    private static readonly int s_runs = FuzzTarget.Runs(8000);

    private static readonly string[] s_torchFiles = ["state_dict.pt", "checkpoint.pt", "views.pt"];

    internal static byte[][] TorchSeeds => [.. s_torchFiles.Select(Bytes)];

    internal static byte[][] SafetensorsSeeds => [Safetensors(1), Safetensors(3)];

    internal static byte[][] OnnxSeeds => [Onnx(1), Onnx(2)];

    [Fact]
    public void Mutated_pt_files_are_read_or_refused() => Fuzz(TorchSeeds, 1, ReadTorch);

    // Also where the archive is sound, so that the damage reaches the pickle.
    [Fact]
    public void Mutated_pickles_are_read_or_refused() => Fuzz([.. s_torchFiles.Select(PickleOf)], 2, pickle => PickleReader.Read(pickle, FilePath));

    [Fact]
    public void Mutated_safetensors_are_read_or_refused() => Fuzz(SafetensorsSeeds, 3, ReadSafetensors);

    [Fact]
    public void Mutated_onnx_files_are_read_or_refused() => Fuzz(OnnxSeeds, 4, ReadOnnx);

    private static void Fuzz(byte[][] seeds, int sequence, Action<byte[]> read)
    {
        var target = new FuzzTarget(FilePath, file => Room + (BytesPerByte * file.Length), read);
        Assert.All(seeds, seed => Assert.False(target.IsRefused(seed, "seed")));
        var random = new Random(sequence);
        int refused = 0;
        for (int run = 0; run < s_runs; run++)
        {
            byte[] file = FileMutator.Mutate(seeds[run % seeds.Length], seeds[random.Next(seeds.Length)], random);
            refused += target.IsRefused(file, $"run {run}") ? 1 : 0;
        }

        Assert.InRange(refused, s_runs / 4, s_runs);
    }

    internal static void ReadSafetensors(byte[] content) => SafetensorsFile.Parse(content, FilePath);

    internal static void ReadOnnx(byte[] content) => OnnxReader.Read(content, FilePath);

    internal static void ReadTorch(byte[] content)
    {
        using var file = TorchFile.Open(content, FilePath);
        foreach (TorchTensor tensor in file.Tensors.Values)
        {
            SafetensorsTensor read = file.Read(tensor);
            Assert.Equal(tensor.Shape.Aggregate(1L, (product, size) => product * size) * SafetensorsTensor.ElementSizes[read.DataType], read.Data.Length);
        }
    }

    private static byte[] Bytes(string name) => File.ReadAllBytes(InterchangeData.Small(name));

    private static byte[] PickleOf(string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(InterchangeData.Small(name));
        using Stream entry = zip.Entries.Single(e => e.Name == "data.pkl").Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Safetensors(int tensors)
    {
        Dictionary<string, SafetensorsTensor> named = Enumerable.Range(0, tensors).ToDictionary(i => $"t{i}", i => SafetensorsTensor.FromFloats([i + 1, 2], new float[2 * (i + 1)]));
        using var stream = new MemoryStream();
        new SafetensorsFile(named, new Dictionary<string, string> { ["key"] = "value", ["other"] = "ψ" }).Write(stream);
        return stream.ToArray();
    }

    // A whole model's graph would take most of the damage and only its checksum would see it.
    private static byte[] Graph()
    {
        var graph = new ProtobufWriter();
        foreach (string operation in (string[])["Conv", "PRelu", "Softmax"])
        {
            graph.Message(OnnxFields.Graph.Node, node => node.Text(OnnxFields.Node.Operator, operation));
        }

        return graph.Content.ToArray();
    }

    private static byte[] Onnx(int rois)
    {
        SafetensorsFile model = ModelImporter.Import(InterchangeData.Golden("pyramid_32_2"), new ModelImportOptions());
        string state = model.Metadata["medseg.state"].Replace("ROI 1", $"Left {rois}", StringComparison.Ordinal);
        var writer = new ProtobufWriter();
        writer.Number(OnnxFields.Model.IrVersion, OnnxFields.IrVersion);
        byte[] graph = Graph();
        writer.Bytes(OnnxFields.Model.Graph, graph);
        foreach ((string key, string value) in new[] { (OnnxFields.StateKey, state), (OnnxFields.DigestKey, OnnxWriter.Digest(state, graph)) })
        {
            writer.Message(OnnxFields.Model.Metadata, entry =>
            {
                entry.Text(1, key);
                entry.Text(2, value);
            });
        }

        return writer.Content.ToArray();
    }
}
