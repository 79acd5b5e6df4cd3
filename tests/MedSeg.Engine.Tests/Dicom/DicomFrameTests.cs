using MedSeg.Dicom;

namespace MedSeg.Tests.Dicom;

/// <summary>Several frames: where each begins, and what holds for each.</summary>
public class DicomFrameTests
{
    private const string Rle = "1.2.840.10008.1.2.5";
    private const string Jpeg = "1.2.840.10008.1.2.4.70";

    [Fact]
    public void Uncompressed_frames_follow_each_other()
    {
        Assert.Equal([[1f, 2f], [3f, 4f], [5f, 6f]], Read(DicomBytes.Part10().Text(0x0028, 0x0008, "IS", "3").Image(1, 2).Pixels(1, 2, 3, 4, 5, 6)));
    }

    [Fact]
    public void Frames_of_single_bits_are_packed_without_padding()
    {
        DicomBytes file = DicomBytes.Part10().Text(0x0028, 0x0008, "IS", "3").Image(1, 3, allocated: 1).Element(0x7FE0, 0x0010, "OB", [0b1000_1101, 0b1]);

        Assert.Equal([[1f, 0f, 1f], [1f, 0f, 0f], [0f, 1f, 1f]], Read(file));
    }

    [Fact]
    public void Missing_frames_are_truncation()
    {
        var error = Assert.Throws<FileFormatException>(() => Read(DicomBytes.Part10().Text(0x0028, 0x0008, "IS", "3").Image(1, 2).Pixels(1, 2, 3, 4)));

        Assert.Equal(DicomErrorId.Truncated, error.ErrorId);
        Assert.Contains("3 frames", error.Message, StringComparison.Ordinal);
        Assert.Equal(DicomErrorId.Truncated, Assert.Throws<FileFormatException>(() => Read(TwoFrames(Rle).Fragments(RleFrame(1)))).ErrorId);
        Assert.Equal(DicomErrorId.Invalid, Assert.Throws<FileFormatException>(() => Read(DicomBytes.Part10().Text(0x0028, 0x0008, "IS", "0").Image(1, 1).Pixels(1))).ErrorId);
    }

    [Fact]
    public void One_fragment_a_frame_needs_no_offset_table() =>
        Assert.Equal([[7f], [9f]], Read(TwoFrames(Rle).Fragments(RleFrame(7), RleFrame(9))));

    [Fact]
    public void Offset_table_tells_which_fragments_are_a_frame()
    {
        byte[] first = RleFrame(7);
        byte[] second = RleFrame(9);
        DicomBytes file = TwoFrames(Rle).Header(0x7FE0, 0x0010, "OB", DicomBytes.UndefinedLength)
            .Item(8).Raw(0, 0, 0, 0).Raw(BitConverter.GetBytes(first.Length + 16));
        AddFragments(file, first[..64], first[64..], second);

        Assert.Equal([[7f], [9f]], Read(file.EndOfSequence()));
    }

    [Fact]
    public void Extended_offset_table_goes_before_the_basic_one()
    {
        byte[] first = RleFrame(7);
        byte[] second = RleFrame(9);
        DicomBytes file = TwoFrames(Rle)
            .Element(0x7FE0, 0x0001, "OW", [.. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(first.Length + 8L)])
            .Header(0x7FE0, 0x0010, "OB", DicomBytes.UndefinedLength).Item(0);
        AddFragments(file, first, second[..64], second[64..]);

        Assert.Equal([[7f], [9f]], Read(file.EndOfSequence()));
    }

    [Fact]
    public void Codestreams_tell_where_frames_begin_and_what_cannot_be_told_is_refused()
    {
        byte[] stream = [0xFF, 0xD8, 0xFF, 0xD9];
        FileFormatException found = Assert.Throws<FileFormatException>(() => Read(TwoFrames(Jpeg).Fragments(stream, [1, 2], stream)));
        FileFormatException lost = Assert.Throws<FileFormatException>(() => Read(TwoFrames(Jpeg).Fragments(stream, [1, 2], [3, 4])));

        Assert.Contains("cannot be decoded", found.Message, StringComparison.Ordinal);
        Assert.Contains("offset table", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Enhanced_image_has_scale_spacing_and_position_for_each_frame()
    {
        DicomBytes file = TwoFrames("1.2.840.10008.1.2.1");
        Sequence(file, 0x5200, 0x9229, shared => Sequence(shared, 0x0028, 0x9110, g => g.Text(0x0028, 0x0030, "DS", "0.5\\0.25")));
        file.Header(0x5200, 0x9230, "SQ", DicomBytes.UndefinedLength);
        foreach (int frame in (int[])[1, 2])
        {
            file.Item(DicomBytes.UndefinedLength);
            Sequence(file, 0x0020, 0x9113, g => g.Text(0x0020, 0x0032, "DS", $"0\\0\\{frame * 5}"));
            Sequence(file, 0x0028, 0x9145, g => g.Text(0x0028, 0x1052, "DS", "0").Text(0x0028, 0x1053, "DS", $"{frame * 10}"));
            file.EndOfItem();
        }

        DicomImage[] frames = [.. DicomImageReader.ReadFrames("/data/volume.dcm", file.EndOfSequence().Pixels(3, 4).ToArray())];

        Assert.Equal([[30f], [80f]], frames.Select(f => f.Pixels));
        Assert.Equal([5.0, 10.0], frames.Select(f => f.Position![2]));
        Assert.All(frames, f => Assert.Equal(new PixelSpacing(0.5, 0.25), f.Spacing));
        Assert.All(frames, f => Assert.Equal(2, f.Frames));
    }

    private static DicomBytes TwoFrames(string syntax) => DicomBytes.Part10(syntax).Text(0x0028, 0x0008, "IS", "2").Image(1, 1);

    private static float[][] Read(DicomBytes file) => [.. DicomImageReader.ReadFrames("/data/slice.dcm", file.ToArray()).Select(f => f.Pixels)];

    private static byte[] RleFrame(byte value)
    {
        byte[] frame = new byte[64 + 4];
        frame[0] = 2;
        frame[4] = 64;
        frame[8] = 66;
        frame[67] = value;
        return frame;
    }

    private static void AddFragments(DicomBytes file, params byte[][] fragments)
    {
        foreach (byte[] fragment in fragments)
        {
            file.Item((uint)fragment.Length).Raw(fragment);
        }
    }

    private static void Sequence(DicomBytes file, ushort group, ushort element, Action<DicomBytes> content)
    {
        file.Header(group, element, "SQ", DicomBytes.UndefinedLength).Item(DicomBytes.UndefinedLength);
        content(file);
        file.EndOfItem().EndOfSequence();
    }
}
