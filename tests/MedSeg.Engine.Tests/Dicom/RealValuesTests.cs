using MedSeg.Dicom;

namespace MedSeg.Tests.Dicom;

/// <summary>Real values are bit-identical whether pixels are converted one at a time or many at once.</summary>
public sealed class RealValuesTests
{
    // No multiple of any vector's length.
    private const int Rows = 7;
    private const int Columns = 19;

    [Theory]
    [InlineData(16, 16, 15, false, "MONOCHROME2", "1", "0")]
    [InlineData(16, 16, 15, true, "MONOCHROME2", "1", "0")]
    [InlineData(16, 12, 11, true, "MONOCHROME2", "1", "-1024")]
    [InlineData(16, 12, 13, false, "MONOCHROME2", "0.1", "0.7")]
    [InlineData(16, 10, 9, false, "MONOCHROME1", "3.3", "-0.1")]
    [InlineData(16, 16, 15, true, "MONOCHROME1", "-1e-3", "12345.678")]
    [InlineData(8, 8, 7, false, "MONOCHROME2", "1", "0")]
    [InlineData(8, 8, 7, true, "MONOCHROME1", "0.3", "5")]
    [InlineData(8, 5, 6, false, "MONOCHROME2", "1e5", "-0.1")]
    public void Whatever_the_bits_and_the_line(int allocated, int stored, int high, bool isSigned, string photometric, string slope, string intercept)
    {
        ushort[] words = new ushort[Rows * Columns];
        var random = new Random(allocated + stored + high);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = (ushort)(random.Next(1 << 16) & ((1 << allocated) - 1));
        }

        float[] expected = Array.ConvertAll(words, word => OneAtATime(word, stored, high, isSigned, photometric == "MONOCHROME1", Number(slope), Number(intercept)));
        DicomBytes Image(string syntax, bool bigEndian = false) => DicomBytes.Part10(syntax, bigEndian: bigEndian)
            .Image(Rows, Columns, allocated, stored, high, isSigned, photometric).Text(0x0028, 0x1052, "DS", intercept).Text(0x0028, 0x1053, "DS", slope);

        byte[] native = allocated == 16 ? Image("1.2.840.10008.1.2.1").Pixels(words).ToArray() : Image("1.2.840.10008.1.2.1").Element(0x7FE0, 0x0010, "OB", Array.ConvertAll(words, w => (byte)w)).ToArray();
        Assert.Equal(expected, Read(native));
        Assert.Equal(expected, Read(Image("1.2.840.10008.1.2.5").Fragments(Rle(words, allocated / 8)).ToArray()));
        if (allocated == 16)
        {
            Assert.Equal(expected, Read(Image("1.2.840.10008.1.2.2", bigEndian: true).Pixels(words).ToArray()));
        }
    }

    private static float OneAtATime(ushort word, int stored, int high, bool isSigned, bool isMirrored, double slope, double intercept)
    {
        int value = (word >> (high - stored + 1)) & ((1 << stored) - 1);
        value = isSigned && value >= 1 << (stored - 1) ? value - (1 << stored) : value;
        value = !isMirrored ? value : isSigned ? -1 - value : (1 << stored) - 1 - value;
        return (float)((value * slope) + intercept);
    }

    // Literal runs of at most 128 bytes, the segment of the high bytes first.
    private static byte[] Rle(ushort[] words, int segments)
    {
        const int LongestRun = 128;
        List<byte> bytes = [];
        byte[] header = new byte[64];
        header[0] = (byte)segments;
        for (int segment = 0; segment < segments; segment++)
        {
            BitConverter.TryWriteBytes(header.AsSpan(4 + (4 * segment)), header.Length + bytes.Count);
            foreach (ushort[] run in words.Chunk(LongestRun))
            {
                bytes.Add((byte)(run.Length - 1));
                bytes.AddRange(run.Select(word => (byte)(word >> (8 * (segments - 1 - segment)))));
            }
        }

        return [.. header, .. bytes];
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static float[] Read(byte[] file) => DicomImageReader.ReadFrames("/data/slice.dcm", file).Single().Pixels;
}
