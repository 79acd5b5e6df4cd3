using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using MedSeg.Dicom;
using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Codecs.Jpeg2000;
using MedSeg.Dicom.Parsing;
using MedSeg.Tests.Inference;

namespace MedSeg.Tests.Dicom.Codecs.Jpeg2000;

/// <summary>Codestreams in DICOM files: a real one, and those that GDCM writes where it is installed.</summary>
public sealed class Jpeg2000FileTests : IDisposable
{
    private const string NoFiles = "The folder shared/dicom with real DICOM files was not found in any folder above the tests.";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("medseg-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_real_file_decodes_as_the_manifest_says()
    {
        if (SharedDicomTests.Folder is not { } folder)
        {
            Assert.Skip(NoFiles);
            return;
        }

        const string File = "MR_small_jp2klossless.dcm";
        using var manifest = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        JsonElement entry = manifest.RootElement.EnumerateArray().Single(item => item.GetProperty("file").GetString() == File);
        int[] samples = DecodeFrame(Path.Combine(folder, File)).Samples;

        byte[] bytes = new byte[samples.Length * sizeof(int)];
        for (int i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), samples[i]);
        }

        Assert.Equal(
            entry.GetProperty("stored").GetProperty("sha256_int32_le_row_major").GetString(), System.Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Theory]
    [InlineData("MR_small.dcm", "--j2k", 0)]
    [InlineData("CT_small.dcm", "--j2k", 0)]
    [InlineData("image_dfl.dcm", "--j2k", 0)]
    [InlineData("examples_overlay.dcm", "--j2k", 0)]
    [InlineData("examples_overlay.dcm", "--j2k -t 100,100", 0)]
    [InlineData("MR_small.dcm", "--j2k --lossy --irreversible -r 8", 1)]
    [InlineData("CT_small.dcm", "--j2k --lossy --irreversible -r 6", 1)]
    [InlineData("examples_overlay.dcm", "--j2k --lossy --irreversible -r 10", 1)]
    public void What_GDCM_compresses_decodes_as_GDCM_decodes_it(string file, string options, int tolerance)
    {
        if (SharedDicomTests.Folder is not { } folder)
        {
            Assert.Skip(NoFiles);
            return;
        }

        string compressed = Path.Combine(_folder.FullName, "compressed.dcm");
        string raw = Path.Combine(_folder.FullName, "raw.dcm");
        Convert(options, Path.Combine(folder, file), compressed);
        Convert("--raw", compressed, raw);

        int[] expected = DicomImageReader.ReadStored(raw);
        int[] actual = DecodeFrame(compressed).Samples;
        Assert.Equal(expected.Length, actual.Length);
        int difference = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(difference <= tolerance, $"{file}, {options}: differs by up to {difference} where {tolerance} is allowed.");
    }

    private static DecodedFrame DecodeFrame(string path)
    {
        DicomDataset dataset = DicomFile.Parse(new DicomSource(path, System.IO.File.ReadAllBytes(path))).Dataset;
        byte[] frame = [.. dataset.Find(DicomTag.PixelData)!.Fragments!.SelectMany(fragment => fragment.Bytes.ToArray())];
        return Jpeg2000Decoder.Decode(frame, new FrameShape(Number(DicomTag.Rows), Number(DicomTag.Columns), 1));

        int Number(DicomTag tag) => BinaryPrimitives.ReadUInt16LittleEndian(dataset.Find(tag)!.Value.Span);
    }

    private static void Convert(string options, string source, string target) =>
        OutsideTool.RunToEnd("gdcmconv", [.. options.Split(' '), source, target]);
}
