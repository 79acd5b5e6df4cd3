using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Protobuf;
using MedSeg.Files.Safetensors;
using MedSeg.Inference.Backends;
using MedSeg.Interchange;
using MedSeg.Interchange.Onnx;
using MedSeg.Labels;
using MedSeg.Models;
using MedSeg.Tests.Dicom;
using MedSeg.Tests.Inference;
using MedSeg.Training;
using MedSeg.Volumes;

namespace MedSeg.Tests.Files;

/// <summary>Small files that demand gigabytes are refused before the memory is allocated.</summary>
public sealed class MemoryBudgetTests : IDisposable
{
    private const long Most = 200 << 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("medseg").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Image_of_400_million_pixels_is_refused()
    {
        byte[] rle = new byte[64 + 500_000];
        rle[0] = 1;
        rle[4] = 64;
        string path = Write("a.dcm", DicomBytes.Part10("1.2.840.10008.1.2.5").Image(20_000, 20_000, 8).Fragments(rle).ToArray());

        Assert.Contains("An image of 20000 × 20000 pixels takes 4.5 GB of memory; at most 1 GB are allowed", Refused(() => DicomImageReader.Read(path)).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Deflated_data_set_of_more_than_a_gigabyte_is_refused()
    {
        using var deflated = new MemoryStream();
        using (var deflater = new DeflateStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 1040; i++)
            {
                deflater.Write(zeros);
            }
        }

        string path = Write("a.dcm", DicomBytes.Part10("1.2.840.10008.1.2.1.99").Raw(deflated.ToArray()).ToArray());

        Assert.Contains("The inflated data set", Refused(() => DicomImageReader.Read(path)).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Sparse_file_of_more_than_a_gigabyte_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "On Windows, the file would be written.");
        string path = Write("a.dcm", DicomBytes.Part10().ToArray());
        using (FileStream file = File.OpenWrite(path))
        {
            file.SetLength((1L << 30) + 4096);
        }

        Refused(() => DicomImageReader.Read(path));
        Refused(() => LabelVolume.Open(path, LabelMapping.None, []));
        Refused(() => OpenDicomFile.Open(path));
    }

    [Theory]
    [InlineData(8, 1_900_000_000f)]
    [InlineData(1280, 352f)]
    public void Compressed_volume_that_claims_more_than_a_gigabyte_takes_no_memory_for_it(short side, float offset)
    {
        byte[] header = new byte[544];
        BinaryPrimitives.WriteInt32LittleEndian(header, 348);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(40), 3);
        for (int axis = 1; axis <= 3; axis++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(40 + (2 * axis)), side);
        }

        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(70), 2);
        BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(108), offset);
        "n+1\0"u8.CopyTo(header.AsSpan(344));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(header);
        }

        // As long as a file that could hold so much.
        packed.Write(new byte[2_100_000]);
        string path = Write("a.nii.gz", packed.ToArray());

        // It is decompressed into a temporary file, which ends at once.
        Assert.StartsWith(path, Refused(() => LabelVolume.Open(path, LabelMapping.None, []), "NiftiTruncated").Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Safetensors_file_of_a_million_empty_tensors_is_refused()
    {
        var header = new StringBuilder("{");
        for (int i = 0; i < 1_000_000; i++)
        {
            header.Append(i == 0 ? "" : ",").Append('"').Append(i).Append("\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}");
        }

        byte[] json = Encoding.ASCII.GetBytes(header.Append('}').ToString());
        string path = Write("a.safetensors", [.. BitConverter.GetBytes((long)json.Length), .. json]);

        Assert.Contains("more than 50,000 tensors", Refused(() => SafetensorsFile.Read(path), "SafetensorsInvalid").Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Onnx_file_with_an_operator_that_MedSeg_does_not_export_is_refused()
    {
        string model = TrainedModel.Train(_folder);
        string path = Path.Combine(_folder, "m.onnx");
        ModelExporter.Export(model, ModelFormat.Onnx, path);
        Assert.NotNull(SegmentationModel.Read(path).Onnx);
        File.WriteAllBytes(path, WithNode(File.ReadAllBytes(path), "ConstantOfShape"));

        Assert.Contains("has the operator 'ConstantOfShape'", Refused(() => SegmentationModel.Read(path), "OnnxInvalid").Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_with_an_input_of_4096_pixels_is_refused()
    {
        string path = TrainedModel.Train(_folder);
        SafetensorsFile file = SafetensorsFile.Read(path);
        string json = file.Metadata["medseg.state"].Replace("\"InputSize\":32", "\"InputSize\":4096", StringComparison.Ordinal);
        SafetensorsFile edited = CheckpointFile.Make(CheckpointState.FromJson(json, path), file.Tensors);
        using (FileStream stream = File.Create(path))
        {
            edited.Write(stream);
        }

        Assert.Contains("input of 4096 × 4096 pixels takes 3.1 GB", Refused(() => SegmentationModel.Read(path)).Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_variable_changes_the_budget()
    {
        // Tests that run at the same time get more, never less.
        string? before = Environment.GetEnvironmentVariable(MemoryBudget.Variable);
        try
        {
            Environment.SetEnvironmentVariable(MemoryBudget.Variable, "2.5");
            Assert.Equal(5L << 29, MemoryBudget.Bytes);
            Environment.SetEnvironmentVariable(MemoryBudget.Variable, "much");
            Assert.Equal(1L << 30, MemoryBudget.Bytes);
        }
        finally
        {
            Environment.SetEnvironmentVariable(MemoryBudget.Variable, before);
        }

        MemoryBudget.Require(1 << 30, "A file", "/a");
        FileFormatException error = Assert.Throws<FileFormatException>(() => MemoryBudget.Require(3.5 * (1 << 30), "A file", "/a"));
        Assert.Equal("/a: A file takes 3.5 GB of memory; at most 1 GB are allowed for one file. If the file is what you expect, allow more: set the environment variable MEDSEG_FILE_MEMORY_GB to 4 and run the command again.", error.Message);
    }

    // A node more, and the checksum of the graph that has it.
    private static byte[] WithNode(byte[] onnx, string operation)
    {
        var node = new ProtobufWriter();
        node.Message(OnnxFields.Graph.Node, n => n.Text(OnnxFields.Node.Operator, operation));
        byte[] graph = [];
        string state = string.Empty;
        var reader = new ProtobufReader(onnx);
        while (reader.Next())
        {
            graph = reader.Field == OnnxFields.Model.Graph ? [.. reader.Bytes, .. node.Content] : graph;
            state = reader.Field == OnnxFields.Model.Metadata && TextOf(reader.Bytes, 1) == OnnxFields.StateKey ? TextOf(reader.Bytes, 2) : state;
        }

        var edited = new ProtobufWriter();
        edited.Number(OnnxFields.Model.IrVersion, OnnxFields.IrVersion);
        edited.Bytes(OnnxFields.Model.Graph, graph);
        edited.Message(OnnxFields.Model.OperatorSets, set => set.Number(2, OnnxFields.OperatorSet));
        foreach ((string key, string value) in ((string, string)[])[(OnnxFields.StateKey, state), (OnnxFields.DigestKey, OnnxWriter.Digest(state, graph))])
        {
            edited.Message(OnnxFields.Model.Metadata, entry =>
            {
                entry.Text(1, key);
                entry.Text(2, value);
            });
        }

        return edited.Content.ToArray();
    }

    private static string TextOf(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                return Encoding.UTF8.GetString(reader.Bytes);
            }
        }

        return string.Empty;
    }

    private static MedSegException Refused(Func<object> read, string id = "FileTooLarge")
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        MedSegException error = Assert.ThrowsAny<MedSegException>(read);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Most);
        Assert.Equal(id, error.ErrorId);
        return error;
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
