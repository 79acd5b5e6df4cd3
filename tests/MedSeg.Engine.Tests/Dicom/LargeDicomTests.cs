using System.Globalization;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Inference;
using MedSeg.Inference.Backends;
using MedSeg.Inference.Output;
using MedSeg.Tests.Inference;
using MedSeg.Tests.Inference.Backends;
using MedSeg.Tests.Training;
using MedSeg.Threading;

namespace MedSeg.Tests.Dicom;

/// <summary>Multi-frame files whose pixels stay in their file. The memory that is measured is that of the process.</summary>
[Collection(nameof(ProcessWideTests))]
public sealed class LargeDicomTests : IDisposable
{
    private const int Side = 512;

    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1.2.840.10008.1.2.1", 16, true)]
    [InlineData("1.2.840.10008.1.2.1", 8, false)]
    [InlineData("1.2.840.10008.1.2", 16, false)]
    public void Frames_in_a_file_are_those_in_memory(string syntax, int bits, bool isSigned)
    {
        string path = Save("small.dcm", 5, bits: bits, isSigned: isSigned, syntax: syntax);

        DicomFile file = LargeDicomFile.TryOpen(path, leastLength: 100)!;

        Assert.Null(LargeDicomFile.TryOpen(path));
        DicomImage[] expected = [.. DicomImageReader.ReadFrames(path)];
        var reader = new DicomFrameReader(file);
        Assert.Equal(5, reader.Count);
        foreach (int frame in (int[])[4, 0, 2, 1, 3])
        {
            DicomImage found = reader.Read(frame);
            Assert.Equal(expected[frame].Pixels, found.Pixels);
            Assert.Equal(expected[frame] with { Pixels = found.Pixels, OtherComponents = found.OtherComponents, Position = found.Position, Orientation = found.Orientation, Window = found.Window }, found);
        }
    }

    [Fact]
    public void Colours_and_floating_point_numbers_stay_in_the_file_as_well()
    {
        string color = _folder.PathOf("color.dcm");
        File.WriteAllBytes(color, DicomBytes.Part10().Text(0x0028, 0x0008, "IS", "2").Image(2, 2, allocated: 8, photometric: "YBR_FULL_422", samples: 3).Element(0x7FE0, 0x0010, "OB", [.. Enumerable.Range(1, 16).Select(i => (byte)i)]).ToArray());
        string floats = _folder.PathOf("float.dcm");
        File.WriteAllBytes(floats, DicomBytes.Part10().Text(0x0028, 0x0008, "IS", "2 ").Image(1, 2, allocated: 32).Element(0x7FE0, 0x0008, "OF", [.. ((float[])[1.5f, -2, 3, 4.25f]).SelectMany(BitConverter.GetBytes)]).ToArray());

        foreach (string path in (string[])[color, floats])
        {
            var reader = new DicomFrameReader(LargeDicomFile.TryOpen(path, leastLength: 1)!);
            Assert.Equal(DicomImageReader.ReadFrames(path).Select(image => image.Pixels), [reader.Read(0).Pixels, reader.Read(1).Pixels]);
        }
    }

    [Fact]
    public void A_file_that_must_be_read_as_a_whole_is()
    {
        string single = Save("single.dcm", 1);
        string cut = Save("cut.dcm", 3);
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..^2]);
        string packed = _folder.PathOf("rle.dcm");
        File.WriteAllBytes(packed, DicomBytes.Part10("1.2.840.10008.1.2.5").Text(0x0028, 0x0008, "IS", "2").Image(1, 1, allocated: 8).Fragments([1, 2], [3, 4]).ToArray());

        Assert.All((string[])[single, cut, packed, _folder.PathOf("none.dcm")], path => Assert.Null(LargeDicomFile.TryOpen(path, leastLength: 1)));
        Assert.Equal(ErrorIds.DicomTruncated, Assert.Throws<FileFormatException>(() => DicomImageReader.Parse(cut) is var file ? new DicomFrameReader(file) : null).ErrorId);
    }

    [Fact]
    public void A_file_that_becomes_shorter_is_told()
    {
        string path = Save("small.dcm", 5);
        var reader = new DicomFrameReader(LargeDicomFile.TryOpen(path, leastLength: 100)!);
        using (FileStream file = File.OpenWrite(path))
        {
            file.SetLength(file.Length - 10);
        }

        _ = reader.Read(3);
        Assert.Equal(ErrorIds.FileUnreadable, Assert.Throws<MedSegException>(() => reader.Read(4)).ErrorId);
    }

    [Fact]
    public void A_large_file_is_segmented_in_a_fraction_of_its_size()
    {
        // 320 frames of 512 × 512 numbers of 16 bits, 168 MB.
        string path = Save("scans/large.dcm", 320, Side, isSparse: true);
        long length = new FileInfo(path).Length;
        long most = 0;
        void Look()
        {
            lock (_folder)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        var events = new EngineEvents { Progress = progress => Sample(progress, Look), Error = error => throw error };
        using var segmenter = new Segmenter(new ModelEnsemble([ScanFolder.Model]), ScanFolder.Options, () => new BrightnessBackend(ScanFolder.Size));
        long before = GC.GetTotalMemory(forceFullCollection: true);

        int slices = segmenter.Run([_folder.Scans], _folder.Masks with { Format = MaskFormat.Nifti }, events: events, cancellationToken: TestContext.Current.CancellationToken).Count();

        Assert.Equal(320, slices);
        Assert.True(length > LargeDicomFile.LeastLength);
        Assert.NotEqual(0, most);
        Assert.InRange(most - before, long.MinValue, length / 2);
    }

    private static void Sample(WorkProgress progress, Action look)
    {
        if (progress.Done % 80 == 0)
        {
            look();
        }
    }

    private string Save(string name, int frames, int side = 8, int bits = 16, bool isSigned = false, string syntax = "1.2.840.10008.1.2.1", bool isSparse = false)
    {
        string path = _folder.PathOf(name.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        bool isExplicit = syntax.EndsWith(".1", StringComparison.Ordinal);
        int bytes = frames * side * side * bits / 8;
        DicomBytes file = DicomBytes.Part10(syntax, explicitVr: isExplicit)
            .Text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.7.3").Text(0x0008, 0x0018, "UI", "2.25.5").Text(0x0008, 0x0060, "CS", "MR").Text(0x0010, 0x0020, "LO", "P1")
            .Text(0x0020, 0x000D, "UI", "2.25.6").Text(0x0020, 0x000E, "UI", "2.25.7").Text(0x0020, 0x0052, "UI", "2.25.8")
            .Text(0x0028, 0x0008, "IS", frames.ToString(CultureInfo.InvariantCulture)).Image(side, side, allocated: bits, signed: isSigned);
        if (isSparse)
        {
            file.Sequence(0x5200, 0x9229, Shared()).Sequence(0x5200, 0x9230, [.. Enumerable.Range(0, frames).Select(Frame)]);
        }

        var random = new Random(frames);
        byte[] pixels = new byte[isSparse ? 0 : bytes];
        random.NextBytes(pixels);
        byte[] head = file.Header(0x7FE0, 0x0010, bits == 8 ? "OB" : "OW", (uint)bytes).Raw(pixels).ToArray();
        using FileStream stream = File.Create(path);
        stream.Write(head);
        stream.SetLength(isSparse ? head.Length + (long)bytes : head.Length);
        return path;
    }

    private static DicomBytes Shared() => new DicomBytes()
        .Sequence(0x0020, 0x9116, new DicomBytes().Text(0x0020, 0x0037, "DS", @"1\0\0\0\1\0"))
        .Sequence(0x0028, 0x9110, new DicomBytes().Text(0x0018, 0x0050, "DS", "3").Text(0x0028, 0x0030, "DS", @"0.5\0.5"));

    private static DicomBytes Frame(int frame) => new DicomBytes().Sequence(0x0020, 0x9113, new DicomBytes().Text(0x0020, 0x0032, "DS", string.Create(CultureInfo.InvariantCulture, $@"0\0\{3 * frame}")));
}
