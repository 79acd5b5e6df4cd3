using MedSeg.Dicom.Codecs;
using MedSeg.Dicom.Codecs.JpegLs;

namespace MedSeg.Tests.Dicom.Codecs.JpegLs;

/// <summary>What is not supported or contradicts the data set is refused with a message that says what it is.</summary>
public class JpegLsRefusalTests
{
    // FFD8 | FFF7 000B 08 0004 0004 01 | 01 11 00 | FFDA 0008 01 01 00 00 00 00 | data | FFD9
    private const int FrameHeader = 2;
    private const int ScanHeader = 15;
    private static readonly FrameShape s_shape = new(4, 4, 1);

    private static byte[] Example => JpegLsData.Stream("t87_annex_h3");

    [Theory]
    [InlineData(FrameHeader + 4, 17, "17 bits")]
    [InlineData(FrameHeader + 4, 1, "1 bits")]
    [InlineData(FrameHeader + 6, 5, "5 rows")]
    [InlineData(FrameHeader + 6, 0, "0 rows")]
    [InlineData(FrameHeader + 8, 5, "5 columns")]
    [InlineData(FrameHeader + 9, 2, "number of components")]
    [InlineData(FrameHeader + 11, 0x21, "subsampled")]
    [InlineData(FrameHeader + 1, 0xC0, "FFC0")]
    [InlineData(FrameHeader + 1, 0xC3, "another JPEG process")]
    [InlineData(FrameHeader + 1, 0xDB, "FFDB")]
    [InlineData(FrameHeader, 0x12, "byte 12")]
    [InlineData(ScanHeader + 4, 2, "2 components")]
    [InlineData(ScanHeader + 5, 9, "component 9")]
    [InlineData(ScanHeader + 6, 1, "mapping table")]
    [InlineData(ScanHeader + 7, 128, "greatest difference 128")]
    [InlineData(ScanHeader + 8, 3, "interleave mode 3")]
    [InlineData(ScanHeader + 9, 1, "point transform")]
    [InlineData(1, 0xD9, "FFD8")]
    public void Changed_byte_of_a_header(int place, byte value, string message)
    {
        byte[] stream = Example;
        stream[place] = value;
        Refused(stream, s_shape, message);
    }

    [Theory]
    [InlineData("FFF8 0003 02", "mapping table")]
    [InlineData("FFF8 0005 030101", "mapping table")]
    [InlineData("FFF8 0009 04 0200010001 00", "65535")]
    [InlineData("FFF8 0003 07", "unknown kind 7")]
    [InlineData("FFF8 0002", "unknown kind 0")]
    [InlineData("FFF8 0005 010001", "3 bytes")]
    [InlineData("FFF8 000D 01 0100 0000 0000 0000 0000", "greatest value 256")]
    [InlineData("FFF8 000D 01 0000 0009 0008 0000 0000", "thresholds 9, 8")]
    [InlineData("FFF8 000D 01 0000 0000 0000 0000 0002", "reset 2")]
    [InlineData("FFDD 0003 01", "restart interval")]
    [InlineData("FFDD 0004 0001", "after the last line of a scan or restart interval")]
    [InlineData("FFE8 0007 6D726678 01", "transform 1")]
    [InlineData("FFFE 0001", "1 bytes")]
    [InlineData("FFFE FFFF", "65535 bytes")]
    [InlineData("FFD9", "before all components")]
    public void Segment_before_the_scan(string segment, string message)
    {
        byte[] stream = [.. Example[..ScanHeader], .. Convert.FromHexString(segment.Replace(" ", "", StringComparison.Ordinal)), .. Example[ScanHeader..]];
        Refused(stream, s_shape, message);
    }

    [Fact]
    public void Two_frame_headers() =>
        Refused([.. Example[..ScanHeader], .. Example[FrameHeader..]], s_shape, "two frame headers");

    [Fact]
    public void A_scan_before_the_frame_header() =>
        Refused([.. Example[..FrameHeader], .. Example[ScanHeader..]], s_shape, "precedes the frame header");

    [Fact]
    public void A_component_in_two_scans()
    {
        byte[] stream = JpegLsData.Stream("dcmtk_rgb8_none");
        int second = stream.AsSpan(60).IndexOf<byte>([0xFF, 0xDA]) + 60;
        stream[second + 5] = 1;
        Refused(stream, JpegLsData.Expected("dcmtk_rgb8_none").Shape, "two scans");
    }

    [Fact]
    public void More_rows_than_bits()
    {
        byte[] stream = [.. Example[..ScanHeader]];
        stream[FrameHeader + 5] = 0xFF;
        Refused(stream, new FrameShape(0xFF04, 4, 1), "65284 rows");
    }

    [Fact]
    public void Bytes_behind_the_last_sample_of_a_scan() =>
        Refused([.. Example[..^2], 0x12, 0x34, .. Example[^2..]], s_shape, "continue after the last line");

    [Fact]
    public void Data_that_end_before_the_last_sample() =>
        Refused([.. Example[..^4], .. Example[^2..]], s_shape, "end before the last sample");

    [Fact]
    public void A_restart_marker_out_of_turn()
    {
        byte[] stream = JpegLsData.Stream("t87_restart1");
        stream[stream.AsSpan().IndexOf<byte>([0xFF, 0xD1]) + 1] = 0xD2;
        Refused(stream, JpegLsData.Expected("t87_restart1").Shape, "restart marker is missing");
    }

    [Fact]
    public void What_follows_the_last_scan_is_ignored()
    {
        byte[] expected = Array.ConvertAll(JpegLsData.Expected("t87_annex_h3").Samples, sample => (byte)sample);
        foreach (byte[] stream in (byte[][])[Example, Example[..^2], [.. Example[..^2], 0], [.. Example, 0, 1, 2], [.. Example[..^2], 0xFF, .. Example[^2..]]])
        {
            Assert.Equal(expected, Array.ConvertAll(JpegLsDecoder.Decode(stream, s_shape).Samples, sample => (byte)sample));
        }
    }

    private static void Refused(byte[] stream, FrameShape shape, string message)
    {
        CodestreamException error = Assert.Throws<CodestreamException>(() => JpegLsDecoder.Decode(stream, shape));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Offset, 0, stream.Length);
    }
}
