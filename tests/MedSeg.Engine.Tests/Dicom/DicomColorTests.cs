using MedSeg.Dicom;
using MedSeg.Errors;

namespace MedSeg.Tests.Dicom;

/// <summary>Colours, palettes, lookup tables and floating-point pixels, as the one channel that MedSeg works with.</summary>
public class DicomColorTests
{
    private const float Tolerance = 1e-4f;

    [Fact]
    public void Rgb_gives_its_luminance_interleaved_or_by_planes()
    {
        DicomBytes interleaved = DicomBytes.Part10().Image(1, 2, allocated: 8, photometric: "RGB", samples: 3).Element(0x7FE0, 0x0010, "OB", [100, 0, 0, 0, 100, 200]);
        DicomBytes planar = DicomBytes.Part10().UInt16(0x0028, 0x0006, 1).Image(1, 2, allocated: 8, photometric: "RGB", samples: 3).Element(0x7FE0, 0x0010, "OB", [100, 0, 0, 100, 0, 200]);

        Matches([29.9f, 81.5f], interleaved);
        Matches([29.9f, 81.5f], planar);
    }

    [Fact]
    public void Ybr_gives_its_first_sample()
    {
        Matches([10, 20], DicomBytes.Part10().Image(1, 2, allocated: 8, photometric: "YBR_FULL", samples: 3).Element(0x7FE0, 0x0010, "OB", [10, 128, 128, 20, 1, 255]));
        Matches([10, 20, 30, 40], DicomBytes.Part10().Image(2, 2, allocated: 8, photometric: "YBR_FULL_422", samples: 3).Element(0x7FE0, 0x0010, "OB", [10, 20, 128, 128, 30, 40, 1, 255]));
    }

    [Fact]
    public void Run_lengths_of_colour_have_a_segment_for_each_sample()
    {
        byte[] frame = new byte[64 + 6];
        frame[0] = 3;
        (frame[4], frame[8], frame[12]) = (64, 66, 68);
        new byte[] { 0, 100, 0, 50, 0, 200 }.CopyTo(frame, 64);

        Matches([(0.299f * 100) + (0.587f * 50) + (0.114f * 200)], DicomBytes.Part10("1.2.840.10008.1.2.5").Image(1, 1, allocated: 8, photometric: "RGB", samples: 3).Fragments(frame));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(8)]
    public void Palette_gives_the_luminance_of_its_colours(int bits)
    {
        // The first entry is for the stored value 5.
        DicomBytes file = DicomBytes.Part10().Image(1, 3, photometric: "PALETTE COLOR");
        ushort[][] colors = [[0, 100], [0, 50], [0, 200]];
        for (ushort i = 0; i < 3; i++)
        {
            file.Element(0x0028, (ushort)(0x1101 + i), "US", [2, 0, 5, 0, (byte)bits, 0]);
        }

        for (ushort i = 0; i < 3; i++)
        {
            byte[] data = bits == 8 ? [.. colors[i].Select(c => (byte)c)] : [.. colors[i].SelectMany(BitConverter.GetBytes)];
            file.Element(0x0028, (ushort)(0x1201 + i), "OW", data);
        }

        Matches([0, (0.299f * 100) + (0.587f * 50) + (0.114f * 200), (0.299f * 100) + (0.587f * 50) + (0.114f * 200)], file.Pixels(5, 6, 9));
    }

    [Fact]
    public void Palette_that_is_missing_is_reported() =>
        Assert.Contains("colour palette", Assert.Throws<FileFormatException>(() => Read(DicomBytes.Part10().Image(1, 1, photometric: "PALETTE COLOR").Pixels(1))).Message, StringComparison.Ordinal);

    [Fact]
    public void Modality_lut_of_empty_values_is_absent()
    {
        DicomBytes file = DicomBytes.Part10().Image(1, 2).Text(0x0028, 0x1052, "DS", "1").Text(0x0028, 0x1053, "DS", "2")
            .Header(0x0028, 0x3000, "SQ", DicomBytes.UndefinedLength).Item(DicomBytes.UndefinedLength)
            .Element(0x0028, 0x3002, "US", []).Element(0x0028, 0x3004, "LO", []).Element(0x0028, 0x3006, "OW", [])
            .EndOfItem().EndOfSequence();

        Matches([11, 13], file.Pixels(5, 6));
    }

    [Fact]
    public void Modality_lut_gives_the_real_values()
    {
        DicomBytes file = DicomBytes.Part10().Image(1, 4, signed: true)
            .Header(0x0028, 0x3000, "SQ", DicomBytes.UndefinedLength).Item(DicomBytes.UndefinedLength)
            .Element(0x0028, 0x3002, "SS", [3, 0, 0xFE, 0xFF, 16, 0])
            .Element(0x0028, 0x3006, "US", [10, 0, 20, 0, 0x30, 0x75])
            .EndOfItem().EndOfSequence();

        Matches([10, 10, 20, 30000], file.Pixels(0xFFFD, 0xFFFE, 0xFFFF, 4));
    }

    [Fact]
    public void Floating_point_pixels_are_read_and_scaled()
    {
        byte[] singles = [.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f)];
        byte[] doubles = [.. BitConverter.GetBytes(0.25), .. BitConverter.GetBytes(1e6)];

        Matches([1.5f, -2], DicomBytes.Part10().Image(1, 2, allocated: 32).Element(0x7FE0, 0x0008, "OF", singles));
        Matches([1.5f, 2e6f + 1], DicomBytes.Part10().Image(1, 2, allocated: 32).Text(0x0028, 0x1052, "DS", "1").Text(0x0028, 0x1053, "DS", "2").Element(0x7FE0, 0x0009, "OD", doubles));
        Assert.Equal(ErrorIds.DicomTruncated, Assert.Throws<FileFormatException>(() => Read(DicomBytes.Part10().Image(1, 3, allocated: 32).Element(0x7FE0, 0x0008, "OF", singles))).ErrorId);
    }

    [Fact]
    public void Colour_that_is_not_read_is_refused_by_name() =>
        Assert.Contains("YBR_PARTIAL_420", Assert.Throws<FileFormatException>(() => Read(DicomBytes.Part10().Image(1, 1, photometric: "YBR_PARTIAL_420", samples: 3).Pixels(1))).Message, StringComparison.Ordinal);

    private static float[] Read(DicomBytes file) => DicomImageReader.ReadFrames("/data/slice.dcm", file.ToArray()).First().Pixels;

    private static void Matches(float[] expected, DicomBytes file)
    {
        float[] actual = Read(file);
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -Tolerance, Tolerance));
    }
}
