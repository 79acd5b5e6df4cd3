using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Codecs.JpegLs;
using MedSeg.Dicom.Parsing;
using MedSeg.Files;

namespace MedSeg.Tests.Dicom.Codecs.JpegLs;

/// <summary>JPEG-LS streams of other encoders, against what other decoders make of them.</summary>
public class JpegLsDecoderTests
{
    public static TheoryData<string> Names => JpegLsData.Names;

    [Fact]
    public void The_reference_files_are_there() => Assert.Equal(58, Names.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Streams_decode_as_other_decoders_decode_them(string name)
    {
        (int[] samples, FrameShape shape) = JpegLsData.Expected(name);

        DecodedFrame frame = JpegLsDecoder.Decode(JpegLsData.Stream(name), shape);

        Assert.Equal(shape, new FrameShape(frame.Rows, frame.Columns, frame.Components));
        Assert.False(frame.IsSigned);
        Assert.Equal(samples, frame.Samples);
    }

    [Theory]
    [InlineData("dcmtk_grey8_1x1", 8)]
    [InlineData("dcmtk_grey12_smooth", 12)]
    [InlineData("dcmtk_grey12_as_16", 16)]
    [InlineData("t87_bits2", 2)]
    [InlineData("t87_bits13", 13)]
    [InlineData("t87_maximum1000", 10)]
    public void The_precision_is_the_streams(string name, int precision) =>
        Assert.Equal(precision, JpegLsDecoder.Decode(JpegLsData.Stream(name), JpegLsData.Expected(name).Shape).Precision);

    [Fact]
    public void The_shared_file_decodes_as_its_manifest_says()
    {
        if (SharedDicomTests.Folder is not { } folder)
        {
            Assert.Skip("The folder shared/dicom with real DICOM files was not found in any folder above the tests.");
            return;
        }

        const string Name = "MR_small_jpeg_ls_lossless.dcm";
        string path = Path.Combine(folder, Name);
        DicomFile file = DicomFile.Parse(new DicomSource(path, FileContent.Read(path)));
        IReadOnlyList<DicomFragment> fragments = file.Dataset.Find(DicomTag.PixelData)!.Fragments!;
        byte[] stream = fragments.SelectMany(fragment => fragment.Bytes.ToArray()).ToArray();
        DecodedFrame frame = JpegLsDecoder.Decode(stream, new FrameShape(64, 64, 1));

        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        JsonElement entry = manifest.RootElement.EnumerateArray().Single(item => item.GetProperty("file").GetString() == Name);
        byte[] bytes = new byte[frame.Samples.Length * sizeof(int)];
        for (int i = 0; i < frame.Samples.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), frame.Samples[i]);
        }

        Assert.Equal(
            entry.GetProperty("stored").GetProperty("sha256_int32_le_row_major").GetString(),
            Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
