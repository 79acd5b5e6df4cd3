using MedSeg.Dicom;
using MedSeg.Errors;

namespace MedSeg.Tests.Dicom;

/// <summary>Compressed pixels that end without a delimiter, and those of icons in front of the image.</summary>
public sealed class DicomFragmentTests
{
    private const string Rle = "1.2.840.10008.1.2.5";
    private const string JpegLossless = "1.2.840.10008.1.2.4.70";
    private const int DelimiterLength = 8;

    public static TheoryData<string, byte[]> Endings { get; } = new()
    {
        { "nothing", [] },
        { "half a delimiter", [0xFE, 0xFF, 0xDD, 0xE0] },
        { "zeros", new byte[8] },
        { "one zero", new byte[1] },
        { "a block of zeros", new byte[512] },
        { "the delimiter of an item", [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0] },
        { "trailing padding", [0xFC, 0xFF, 0xFC, 0xFF, (byte)'O', (byte)'B', 0, 0, 2, 0, 0, 0, 0, 0] },
        { "a length that is not zero", [0xFE, 0xFF, 0xDD, 0xE0, 4, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public void Whole_fragments_are_read_whatever_follows(string ending, byte[] bytes)
    {
        Assert.NotEmpty(ending);
        foreach (byte[] whole in (byte[][])[TwoRleFrames(), Jpeg(JpegFrame())])
        {
            Assert.Equal(Read(whole), Read([.. whole[..^DelimiterLength], .. bytes]));
        }
    }

    [Fact]
    public void Fragments_of_odd_length_are_read()
    {
        byte[] frame = JpegFrame();
        byte[] odd = frame.Length % 2 == 1 ? frame : frame[^1] == 0 ? frame[..^1] : [.. frame, 0];
        float[][] expected = Read(Jpeg(frame));
        byte[] file = Jpeg(odd);

        Assert.Equal(1, odd.Length % 2);
        Assert.Equal(expected, Read(file));
        Assert.Equal(expected, Read(file[..^DelimiterLength]));
        Assert.Equal(expected, Read([.. file[..^DelimiterLength], 0, .. file[^DelimiterLength..]]));

        // The length counts a padding byte that is not there.
        byte[] even = Jpeg([.. odd, 0]);
        Assert.Equal(expected, Read(even[..^(DelimiterLength + 1)]));
    }

    [Fact]
    public void Pixels_that_are_missing_stay_an_error()
    {
        byte[] frame = JpegFrame();
        byte[] file = Jpeg(frame);
        RefusesTruncated(file[..^(DelimiterLength + (frame.Length / 2))]);
        RefusesTruncated(file[..^(DelimiterLength + 3)]);

        // The file ends between two fragments of one codestream, or after half of one.
        int half = frame.Length / 4 * 2;
        RefusesTruncated(Image(JpegLossless, frame[..half])[..^DelimiterLength]);
        RefusesTruncated([.. Image(JpegLossless, frame[..half])[..^DelimiterLength], .. new byte[8]]);
        Assert.Equal(Read(file), Read(Image(JpegLossless, frame[..half], frame[half..])[..^DelimiterLength]));

        // The second of two frames is missing.
        byte[] two = TwoRleFrames();
        RefusesTruncated(two[..^(DelimiterLength + 8 + RleFrame(9).Length)]);
    }

    [Theory]
    [InlineData(true, "OB")]
    [InlineData(true, "OW")]
    [InlineData(true, "UN")]
    [InlineData(false, "OB")]
    public void Fragments_of_an_icon_are_skipped(bool isExplicit, string vr)
    {
        byte[] icon = Icon(new DicomBytes(isExplicit), 0x7FE0, 0x0010, vr, DicomBytes.UndefinedLength);
        Assert.Equal(Read(TwoRleFrames()), Read(WithSequence(icon, isExplicit)));
    }

    [Fact]
    public void Icons_are_skipped_in_items_of_any_length_and_at_any_depth()
    {
        byte[] icon = Icon(new DicomBytes(), 0x7FE0, 0x0010, "OB", DicomBytes.UndefinedLength);
        byte[] inner = new DicomBytes().Header(0x0088, 0x0200, "SQ", DicomBytes.UndefinedLength).Raw(icon).EndOfSequence().ToArray();
        byte[] nested = new DicomBytes().Item(DicomBytes.UndefinedLength).Raw(inner).EndOfItem().ToArray();
        byte[] measured = new DicomBytes().Item((uint)inner.Length).Raw(inner).ToArray();
        byte[] encapsulated = Icon(new DicomBytes(), 0x0009, 0x1010, "OB", DicomBytes.UndefinedLength);
        foreach (byte[] items in (byte[][])[nested, measured, encapsulated])
        {
            Assert.Equal(Read(TwoRleFrames()), Read(WithSequence(items)));
        }
    }

    [Fact]
    public void An_icon_without_its_delimiter_is_damage()
    {
        byte[] icon = new DicomBytes().Item(DicomBytes.UndefinedLength).Header(0x7FE0, 0x0010, "OB", DicomBytes.UndefinedLength).Item(0).Item(2).Raw(1, 2).EndOfItem().ToArray();

        Assert.Equal(ErrorIds.DicomInvalid, Assert.Throws<FileFormatException>(() => Read(WithSequence(icon))).ErrorId);
    }

    private static byte[] Icon(DicomBytes bytes, ushort group, ushort element, string vr, uint length) => bytes
        .Item(DicomBytes.UndefinedLength)
        .Header(group, element, vr, length).Item(0).Item(4).Raw(0xFF, 0xD8, 0xFF, 0xD9).Item(2).Raw(1, 2).EndOfSequence()
        .EndOfItem().ToArray();

    private static byte[] WithSequence(byte[] items, bool isExplicit = true)
    {
        DicomBytes file = DicomBytes.Part10(isExplicit ? Rle : Rle, isExplicit);
        if (!isExplicit)
        {
            // Implicit VR with compressed pixels does not exist; the elements before them show that the icon is skipped.
            DicomBytes plain = DicomBytes.Part10("1.2.840.10008.1.2", explicitVr: false).Text(0x0028, 0x0008, "IS", "2").Image(1, 1)
                .Header(0x0088, 0x0200, "SQ", DicomBytes.UndefinedLength).Raw(items).EndOfSequence();
            return plain.Pixels(7, 9).ToArray();
        }

        return file.Text(0x0028, 0x0008, "IS", "2").Image(1, 1, allocated: 8)
            .Header(0x0088, 0x0200, "SQ", DicomBytes.UndefinedLength).Raw(items).EndOfSequence()
            .Fragments(RleFrame(7), RleFrame(9)).ToArray();
    }

    private static byte[] TwoRleFrames() =>
        DicomBytes.Part10(Rle).Text(0x0028, 0x0008, "IS", "2").Image(1, 1, allocated: 8).Fragments(RleFrame(7), RleFrame(9)).ToArray();

    private static byte[] Jpeg(byte[] frame) => Image(JpegLossless, frame);

    private static byte[] Image(string syntax, params byte[][] fragments) => DicomBytes.Part10(syntax).Image(4, 4, allocated: 8).Fragments(fragments).ToArray();

    private static byte[] RleFrame(byte value)
    {
        byte[] frame = new byte[66];
        frame[0] = 1;
        frame[4] = 64;
        frame[65] = value;
        return frame;
    }

    // A lossless JPEG of 4 x 4 pixels, all 128: every difference to the predictor has the category 0, whose code is the bit 0.
    private static byte[] JpegFrame() =>
    [
        0xFF, 0xD8,
        0xFF, 0xC3, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0,
        0xFF, 0xC4, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 0, 0,
        0x00, 0x00,
        0xFF, 0xD9,
    ];

    private static void RefusesTruncated(byte[] file) =>
        Assert.Contains(Assert.Throws<FileFormatException>(() => Read(file)).ErrorId, (string[])[ErrorIds.DicomTruncated, ErrorIds.DicomInvalid]);

    private static float[][] Read(byte[] file) => [.. DicomImageReader.ReadFrames("test.dcm", file).Select(image => image.Pixels)];
}
