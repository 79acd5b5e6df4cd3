using MedSeg.Dicom;
using MedSeg.Errors;

namespace MedSeg.Tests.Dicom;

/// <summary>Damaged files end in an image or in the one error that says so, never in another exception.</summary>
public class DicomRobustnessTests
{
    private const int MutationsPerFile = 400;

    public static TheoryData<string> Samples => new(SampleFiles().Keys);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Truncated_at_every_offset(string sample)
    {
        byte[] file = SampleFiles()[sample];
        int refused = 0;
        for (int length = 0; length < file.Length; length++)
        {
            refused += IsRefused(file[..length]) ? 1 : 0;
        }

        // Only the delimiter or padding at the very end can be done without.
        Assert.InRange(refused, file.Length - 8, file.Length);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Mutated_at_random(string sample)
    {
        byte[] original = SampleFiles()[sample];
        Assert.False(IsRefused(original));
        Mutate(original, seed: 20260101, MutationsPerFile);
    }

    [Fact]
    public void Real_files_mutated_at_random()
    {
        if (SharedDicomTests.Folder is not { } folder)
        {
            Assert.Skip("The folder shared/dicom with real DICOM files was not found in any folder above the tests.");
            return;
        }

        foreach (string path in Directory.GetFiles(folder, "*.dcm").Order(StringComparer.Ordinal))
        {
            Mutate(File.ReadAllBytes(path), seed: 7, count: 150);
        }
    }

    private static void Mutate(byte[] original, int seed, int count)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            byte[] file = (byte[])original.Clone();
            for (int change = random.Next(1, 8); change > 0; change--)
            {
                // Headers are where the trouble is: most changes go to the front.
                int reach = random.Next(3) == 0 ? file.Length : Math.Min(file.Length, 1200);
                byte[] extremes = [0, 0xFF, 0x7F, 0x80, (byte)random.Next(256)];
                file[random.Next(reach)] = extremes[random.Next(extremes.Length)];
            }

            IsRefused(random.Next(4) == 0 ? file[..random.Next(file.Length)] : file);
        }
    }

    private static bool IsRefused(byte[] file)
    {
        try
        {
            Assert.All(DicomImageReader.ReadFrames("/data/slice.dcm", file), image => Assert.Equal(image.Rows * image.Columns, image.Pixels.Length));
            return false;
        }
        catch (FileFormatException error)
        {
            Assert.StartsWith("/data/slice.dcm: ", error.Message, StringComparison.Ordinal);
            return true;
        }
    }

    private static Dictionary<string, byte[]> SampleFiles()
    {
        byte[] rle = new byte[64 + 6];
        rle[0] = 2;
        rle[4] = 64;
        rle[8] = 66;
        new byte[] { 0xFD, 1, 3, 5, 6, 7 }.CopyTo(rle, 64);
        byte[] wholeRle = [.. rle, 8, 0];
        return new Dictionary<string, byte[]>
        {
            ["explicit little endian"] = Content(DicomBytes.Part10()).Pixels(1, 2, 3, 4).ToArray(),
            ["implicit little endian"] = Content(DicomBytes.Part10("1.2.840.10008.1.2", explicitVr: false)).Pixels(1, 2, 3, 4).ToArray(),
            ["explicit big endian"] = Content(DicomBytes.Part10("1.2.840.10008.1.2.2", bigEndian: true)).Pixels(1, 2, 3, 4).ToArray(),
            ["bare data set"] = Content(new DicomBytes()).Pixels(1, 2, 3, 4).ToArray(),
            ["run lengths"] = Content(DicomBytes.Part10("1.2.840.10008.1.2.5")).Fragments(wholeRle).ToArray(),
        };
    }

    private static DicomBytes Content(DicomBytes file) => file
        .Text(0x0008, 0x0060, "CS", "MR")
        .Header(0x0008, 0x1140, "SQ", DicomBytes.UndefinedLength)
        .Item(DicomBytes.UndefinedLength).UInt16(0x0028, 0x0010, 8).EndOfItem().EndOfSequence()
        .Text(0x0010, 0x0020, "LO", "P1")
        .Text(0x0028, 0x0030, "DS", "0.5\\0.5")
        .Image(2, 2, stored: 12)
        .Text(0x0028, 0x1053, "DS", "2");
}
