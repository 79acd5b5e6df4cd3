using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Formats.Tiff;
using MedSeg.Imaging;
using MedSeg.Labels;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Formats.Tiff;

/// <summary>TIFF masks, against files that Pillow, OpenCV and tifffile wrote.</summary>
public sealed class TiffLabelTests
{
    public static TheoryData<string> Stacks => ImagingData.Files("tiff_stack*.tif");

    [Fact]
    public void Every_kind_of_file_gives_the_values_that_were_written()
    {
        string[] files = [.. Directory.GetFiles(ImagingData.Folder, "tiff_*.tif").Where(f => !f.Contains("stack", StringComparison.Ordinal) && !f.Contains("jpeg", StringComparison.Ordinal))];
        float[] mask = ImagingData.Floats("tiff_mask.npy");
        Assert.InRange(files.Length, 30, 100);
        Assert.All(files, file =>
        {
            LabelImage image = LabelReader.Read(file);

            // CCITT files count white as 0, as their programs do; Pillow's 1-bit files count black as 0.
            bool isTwoLevels = file.Contains("bits1_", StringComparison.Ordinal);
            float[] expected = isTwoLevels ? Array.ConvertAll(mask, v => v > 2 ? 1f : 0) : mask;
            Assert.Equal((19, 21, false), (image.Rows, image.Columns, image.IsLossy));
            Assert.Equal(expected, image.Values);
        });
    }

    [Theory]
    [InlineData("extremes_i1.tif", -128f, 127f, -1f)]
    [InlineData("extremes_i2.tif", -32768f, 32767f, -1f)]
    [InlineData("extremes_f2.tif", -2.5f, 65504f, 5.9604645E-08f)]
    public void Signed_numbers_and_fractions_keep_their_values(string name, params float[] expected) =>
        Assert.Equal(expected, LabelReader.Read(ImagingData.PathOf(name)).Values);

    [Fact]
    public void A_value_that_single_precision_does_not_hold_is_refused() =>
        Assert.Contains("column 1 (counted from 0) is 0.1", Assert.Throws<FileFormatException>(() => LabelReader.Read(ImagingData.PathOf("refused_inexact.tif"))).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Pages_are_the_masks_of_the_frames(string name)
    {
        IReadOnlyList<LabelImage> masks = LabelReader.ReadFrames(ImagingData.PathOf(name), 3);

        Assert.Equal(ImagingData.Floats("tiff_stack.npy"), masks.SelectMany(mask => mask.Values));
        Assert.Equal(3, TiffLabel.Read(ImagingData.PathOf(name)).Count);
    }

    [Theory]
    [InlineData("tiff_stack_pages.tif", 1, "has 3 pages, but the image has 1 frame.")]
    [InlineData("tiff_stack_imagej.tif", 2, "has 3 pages, but the image has 2 frames.")]
    [InlineData("tiff_strips.tif", 3, "has 1 page, but the image has 3 frames.")]
    public void Another_number_of_pages_than_frames_is_refused(string name, int frames, string inMessage)
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => LabelReader.ReadFrames(ImagingData.PathOf(name), frames));

        Assert.Equal("LabelFrames", error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("colors_rgb8.tif")]
    [InlineData("colors_rgba8.tif")]
    [InlineData("colors_rgb16.tif")]
    [InlineData("colors_planar.tif")]
    [InlineData("colors_tiled.tif")]
    public void Colours_become_the_ROIs_of_the_map(string name)
    {
        var map = new LabelMapping { Colors = new Dictionary<RgbColor, int> { [new(255, 0, 0)] = 1, [new(0, 255, 0)] = 2, [new(0, 0, 255)] = 3 } };

        LabelImage image = LabelReader.Read(ImagingData.PathOf(name), map);

        Assert.True(image.IsMapped);
        Assert.Equal([0, 1, 2, 3, 1, 0], image.Values);
        Assert.Equal("LabelColor", Assert.Throws<FileFormatException>(() => LabelReader.Read(ImagingData.PathOf(name))).ErrorId);
    }

    [Fact]
    public void JPEG_within_TIFF_is_lossy()
    {
        LabelImage image = LabelReader.Read(ImagingData.PathOf("tiff_jpeg.tif"));

        Assert.True(image.IsLossy);
        Assert.All(image.Values.Zip(ImagingData.Floats("tiff_mask.npy")), pair => Assert.InRange(pair.First, (pair.Second * 40) - 40, (pair.Second * 40) + 40));
    }

    [Theory]
    [InlineData(256, 60000, "TiffTruncated")]
    [InlineData(257, 0, "TiffInvalid")]
    [InlineData(258, 24, "TiffUnsupported")]
    [InlineData(259, 34712, "TiffUnsupported")]
    [InlineData(262, 6, "TiffUnsupported")]
    [InlineData(277, 3, "TiffUnsupported")]
    [InlineData(279, 1000000, "TiffTruncated")]
    public void What_is_not_read_is_refused_before_decoding(int tag, uint value, string errorId)
    {
        byte[] content = ImagingData.Bytes("tiff_bits4_packed.tif");
        int directory = BitConverter.ToInt32(content, 4);
        int entry = Enumerable.Range(0, 9).Select(i => directory + 2 + (12 * i)).Single(at => BitConverter.ToUInt16(content, at) == tag);
        BitConverter.TryWriteBytes(content.AsSpan(entry + 8), value);

        FileFormatException error = Assert.Throws<FileFormatException>(() => LabelReader.Decode(content, "/data/x.tif"));

        Assert.Equal(errorId, error.ErrorId);
        Assert.StartsWith("/data/x.tif: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_without_a_length_is_refused_before_its_memory_is_asked_for()
    {
        byte[] content = ImagingData.Bytes("tiff_bits1_group3.tif");
        content[content.AsSpan().IndexOf(new byte[] { 0x17, 0x01, 4, 0, 1, 0, 0, 0 })] = 0x99;

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("TiffInvalid", Assert.Throws<FileFormatException>(() => LabelReader.Decode(content, "x.tif")).ErrorId);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Directories_in_a_loop_are_refused()
    {
        byte[] content = ImagingData.Bytes("tiff_bits4_packed.tif");
        BitConverter.TryWriteBytes(content.AsSpan(content.Length - 4), BitConverter.ToInt32(content, 4));

        Assert.Contains("loop", Assert.Throws<FileFormatException>(() => LabelReader.Decode(content, "x.tif")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_strip_is_an_error_and_nothing_is_printed()
    {
        byte[] content = ImagingData.Bytes("tiff_u1_deflate.tif");
        int data = content.AsSpan().IndexOf(new byte[] { 0x78, 0x9C });
        content.AsSpan(data + 2, 10).Fill(0xFF);
        TextWriter before = Console.Error;
        using var printed = new StringWriter();
        Console.SetError(printed);
        try
        {
            FileFormatException error = Assert.Throws<FileFormatException>(() => LabelReader.Decode(content, "x.tif"));
            Assert.Equal("TiffInvalid", error.ErrorId);
            Assert.NotNull(error.Offset);
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.Empty(printed.ToString());
    }
}
