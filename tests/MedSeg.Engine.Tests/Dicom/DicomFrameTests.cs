using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;

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

        Assert.Equal(ErrorIds.DicomTruncated, error.ErrorId);
        Assert.Contains("3 frames", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorIds.DicomTruncated, Assert.Throws<FileFormatException>(() => Read(TwoFrames(Rle).Fragments(RleFrame(1)))).ErrorId);
        Assert.Equal(ErrorIds.DicomInvalid, Assert.Throws<FileFormatException>(() => Read(DicomBytes.Part10().Text(0x0028, 0x0008, "IS", "-1").Image(1, 1).Pixels(1))).ErrorId);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("")]
    public void No_number_of_frames_is_one_frame(string frames) =>
        Assert.Equal([[5f, 6f]], Read(DicomBytes.Part10().Text(0x0028, 0x0008, "IS", frames).Image(1, 2).Pixels(5, 6)));

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
    public void Frames_start_at_codestreams_and_ambiguous_fragments_are_refused()
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

    [Fact]
    public void What_frames_share_is_read_once_for_all_of_them()
    {
        const int Frames = 400;
        byte[] entries = new byte[2 << 16];
        entries[0] = 7;
        DicomBytes file = DicomBytes.Part10().Text(0x0028, 0x0008, "IS", $"{Frames}").Image(1, 1);
        Sequence(file, 0x0028, 0x3000, lut => lut.Element(0x0028, 0x3002, "US", [0, 0, 0, 0, 16, 0]).Element(0x0028, 0x3006, "OW", entries));
        Sequence(file, 0x5200, 0x9229, shared => Sequence(shared, 0x0028, 0x9110, g => Sequence(g.Text(0x0028, 0x0030, "DS", "0.5\\0.25"), 0x0028, 0x0009, Crowd)));
        byte[] bytes = file.Pixels(new ushort[Frames]).ToArray();

        // A reader may load tables for its first file, such as fo-dicom its dictionary; they are not what is counted here.
        _ = DicomImageReader.ReadFrames("/data/first.dcm", DicomBytes.Part10().Image(1, 1).Pixels(1).ToArray()).First();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.All(DicomImageReader.ReadFrames("/data/volume.dcm", bytes), frame => Assert.Equal((7f, 0.25), (frame.Pixels[0], frame.Spacing!.Value.Column)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * bytes.Length);
    }

    [Fact]
    public void Frames_that_are_walked_over_again_are_not_those_of_another_file()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string[] paths = [Path.Combine(folder, "a.dcm"), Path.Combine(folder, "b.dcm")];
        File.WriteAllBytes(paths[0], TwoFrames("1.2.840.10008.1.2.1").Pixels(1, 2).ToArray());
        File.WriteAllBytes(paths[1], TwoFrames("1.2.840.10008.1.2.1").Pixels(3, 4).ToArray());
        try
        {
            IEnumerable<DicomImage> frames = DicomImageReader.ReadFrames(paths[0]);
            using IEnumerator<DicomImage> first = frames.GetEnumerator();
            Assert.True(first.MoveNext());
            float[] other = [.. DicomImageReader.ReadFrames(paths[1]).Select(f => f.Pixels[0])];
            float[] again = [.. frames.Select(f => f.Pixels[0])];
            float[] fromPool = [.. DicomImageReader.ReadFrames(paths[1]).Select(f => f.Pixels[0])];
            Assert.True(first.MoveNext());

            Assert.Equal([[3f, 4f], [1f, 2f], [3f, 4f], [2f]], (float[][])[other, again, fromPool, first.Current.Pixels]);
            Assert.Equal([1f, 2f], frames.Select(f => f.Pixels[0]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false, 0)]
    [InlineData(false, 1, 2, 3, 4, 5, 6)]
    public void Only_padding_may_precede_a_restart_marker(bool isGood, params int[] stray)
    {
        // Two lines of two pixels whose differences are zero, one bit each.
        byte[] stream =
        [
            0xFF, 0xD8, 0xFF, 0xC3, 0, 11, 8, 0, 2, 0, 2, 1, 1, 0x11, 0,
            0xFF, 0xC4, 0, 20, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0xFF, 0xDD, 0, 4, 0, 2, 0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 0, 0, 0x3F, .. stray.Select(b => (byte)b), 0xFF, 0xD0, 0x3F, 0xFF, 0xD9,
        ];
        DicomBytes file = DicomBytes.Part10(Jpeg).Image(2, 2, allocated: 8).Fragments(stream);

        if (isGood)
        {
            Assert.Equal([[128f, 128f, 128f, 128f]], Read(file));
        }
        else
        {
            Assert.Equal(ErrorIds.DicomInvalid, Assert.Throws<FileFormatException>(() => Read(file)).ErrorId);
        }
    }

    // Parsing this makes an object for each element.
    private static void Crowd(DicomBytes item)
    {
        for (ushort i = 0; i < 100; i++)
        {
            item.UInt16(0x0029, i, i);
        }
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
