using System.Buffers.Binary;
using System.IO.Compression;
using MedSeg.Errors;
using MedSeg.Files.Safetensors;
using MedSeg.Imaging;
using MedSeg.Interchange;
using MedSeg.Interchange.PyTorch;
using MedSeg.Models;

namespace MedSeg.Tests.Interchange;

/// <summary>What is said of files of networks, and of files that are none.</summary>
public sealed class ModelFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Each_kind_of_file_is_described()
    {
        string model = InterchangeData.WriteModel(_folder.FullName);
        ModelExporter.Export(model, ModelFormat.PyTorch, PathOf("m.pt"));
        ModelExporter.Export(model, ModelFormat.Onnx, PathOf("m.onnx"));

        foreach ((string path, ModelKind kind) in new[] { (model, ModelKind.Model), (PathOf("m.pt"), ModelKind.PyTorch), (PathOf("m.onnx"), ModelKind.Onnx) })
        {
            ModelInfo info = ModelFile.Describe(path);
            Assert.Equal((path, kind, 2, 32, 2, 100_768L), (info.Path, info.Kind, info.RoiCount, info.InputSize, info.BaseWidth, info.Parameters));
            Assert.Equal(["Ψοίτης", "Right \"psoas\""], info.LabelNames);
            Assert.Equal(Normalization.MinMax, info.Normalization);
            Assert.Equal(0, info.Epoch);
        }

        ModelInfo weights = ModelFile.Describe(InterchangeData.Golden("pyramid_64_6"));
        Assert.Equal((ModelKind.Weights, 6, 64, null), (weights.Kind, weights.RoiCount, weights.InputSize, weights.Epoch));
        ModelInfo seed = ModelFile.Describe(InterchangeData.SeedCheckpoint);
        Assert.Equal((ModelKind.PyTorch, 2, 32, 2), (seed.Kind, seed.RoiCount, seed.InputSize, seed.Epoch));
        Assert.Empty(seed.LabelNames);
    }

    // The first byte is the lowest of the header's length, and that of a pickle or of an ONNX file.
    [Theory]
    [InlineData(0x80)]
    [InlineData(0x08)]
    public void Safetensors_of_any_length_of_header_are_told_from_other_formats(byte first)
    {
        string path = InterchangeData.WriteModel(_folder.FullName);
        var model = SafetensorsFile.Read(path);
        for (int length = 0; File.ReadAllBytes(path)[0] != first; length++)
        {
            InterchangeData.Write(path, new SafetensorsFile(model.Tensors, new Dictionary<string, string>(model.Metadata) { ["padding"] = new string('x', length) }));
        }

        Assert.Equal(ModelKind.Model, ModelFile.Describe(path).Kind);
    }

    [Fact]
    public void Model_says_when_and_by_which_program_it_was_written()
    {
        ModelInfo info = ModelFile.Describe(InterchangeData.WriteModel(_folder.FullName));

        Assert.InRange(info.Written!.Value, DateTime.Now.AddMinutes(-5), DateTime.Now.AddMinutes(5));
        Assert.Matches(@"^MedSeg \d+\.\d+\.\d+$", info.Software);
        Assert.Equal("imported from plain safetensors", info.Origin);
    }

    [Fact]
    public void Compressed_archive_is_refused_before_it_is_unpacked()
    {
        using (ZipArchive zip = ZipFile.Open(PathOf("bomb.pt"), ZipArchiveMode.Create))
        {
            using Stream entry = zip.CreateEntry("archive/data.pkl", CompressionLevel.Optimal).Open();
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 64; i++)
            {
                entry.Write(zeros);
            }
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("TorchCompressed", Refused("bomb.pt"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20);
    }

    // Entries of the list may lie upon each other, so that their sum is what counts.
    [Theory]
    [InlineData(1000, "TorchNoState")]
    [InlineData(2000, "TorchCompressed")]
    public void Archive_whose_entries_are_more_than_the_file_is_refused(int promised, string errorId)
    {
        using var stream = new MemoryStream();
        using (var zip = new StoredZipWriter(stream))
        {
            zip.Add("a/data.pkl", "K\x01."u8);
            zip.Add("a/data/0", new byte[1000]);
            zip.Add("a/data/1", new byte[1000]);
            zip.End();
        }

        byte[] file = stream.ToArray();
        int last = file.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(last + 20), promised);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(last + 24), promised);
        File.WriteAllBytes(PathOf("more.pt"), file);

        Assert.Equal(errorId, Refused("more.pt"));
    }

    [Fact]
    public void Damaged_number_in_a_pt_file_is_noticed()
    {
        ModelExporter.Export(InterchangeData.WriteModel(_folder.FullName), ModelFormat.PyTorch, PathOf("m.pt"));
        byte[] file = File.ReadAllBytes(PathOf("m.pt"));
        file[file.Length / 2] ^= 1;
        File.WriteAllBytes(PathOf("damaged.pt"), file);

        Assert.Equal("TorchInvalid", Assert.Throws<FileFormatException>(() => ModelImporter.Import(PathOf("damaged.pt"), new ModelImportOptions())).ErrorId);
    }

    [Theory]
    [InlineData(1 << 30)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void Safetensors_header_of_a_gigabyte_is_refused(long length)
    {
        byte[] file = new byte[100];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        file[8] = (byte)'{';
        File.WriteAllBytes(PathOf("m.safetensors"), file);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("NotSafetensors", Refused("m.safetensors"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    // Found by mutation: the offsets were looked up without counting them.
    [Theory]
    [InlineData("[]")]
    [InlineData("[0]")]
    [InlineData("[0,8,16]")]
    [InlineData("{}")]
    [InlineData("[0,1e99]")]
    [InlineData("[-8,0]")]
    public void Safetensors_offsets_that_are_not_two_are_refused(string offsets)
    {
        byte[] header = System.Text.Encoding.UTF8.GetBytes($"{{\"t\":{{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":{offsets}}}}}");
        File.WriteAllBytes(PathOf("file"), [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[8]]);
        Assert.Equal("SafetensorsInvalid", Refused("file"));
    }

    [Theory]
    [InlineData("gAJ9cQAu", "TorchLegacy")]
    [InlineData("", "SafetensorsTruncated")]
    [InlineData("UEsDBAAA", "TorchInvalid")]
    [InlineData("aGVsbG8sIHdvcmxkIQ==", "NotSafetensors")]
    [InlineData("AgAAAAAAAAB7fQ==", "ModelMismatch")]
    [InlineData("CAgSA2FiYzoAQgA=", "OnnxNotMedSeg")]
    public void File_of_another_kind_is_refused(string content, string errorId)
    {
        File.WriteAllBytes(PathOf("file"), Convert.FromBase64String(content));
        Assert.Equal(errorId, Refused("file"));
    }

    [Fact]
    public void Model_is_not_imported_twice_nor_another_format_exported()
    {
        string model = InterchangeData.WriteModel(_folder.FullName);
        ModelExporter.Export(model, ModelFormat.Onnx, PathOf("m.onnx"));

        Assert.Equal("AlreadyMedSeg", Assert.Throws<FileFormatException>(() => ModelImporter.Import(model, new ModelImportOptions())).ErrorId);
        Assert.Equal("OnnxNotImported", Assert.Throws<FileFormatException>(() => ModelImporter.Import(PathOf("m.onnx"), new ModelImportOptions())).ErrorId);
        Assert.Equal("NotMedSegModel", Assert.Throws<FileFormatException>(() => ModelExporter.Export(InterchangeData.SeedCheckpoint, ModelFormat.Onnx, PathOf("x"))).ErrorId);
        Assert.Equal("NotMedSegModel", Assert.Throws<FileFormatException>(() => ModelExporter.Export(InterchangeData.Golden("pyramid_32_2"), ModelFormat.Onnx, PathOf("x"))).ErrorId);
        Assert.False(File.Exists(PathOf("x")));
    }

    private string Refused(string name)
    {
        var error = Assert.Throws<FileFormatException>(() => ModelFile.Describe(PathOf(name)));
        Assert.StartsWith(PathOf(name) + ": ", error.Message, StringComparison.Ordinal);
        return error.ErrorId;
    }
}
