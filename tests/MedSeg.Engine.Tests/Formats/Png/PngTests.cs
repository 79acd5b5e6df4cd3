using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats.Png;
using MedSeg.Labels;
using MedSeg.Tests.Imaging;
using SkiaSharp;

namespace MedSeg.Tests.Formats.Png;

public sealed class PngTests
{
    public static TheoryData<string> FromSpecification => ImagingData.Files("png_*.png");

    [Theory]
    [MemberData(nameof(FromSpecification))]
    public void Reads_every_colour_type_depth_and_interlacing(string name)
    {
        string[] parts = Path.GetFileNameWithoutExtension(name).Split('_');
        string[] sides = parts[1].Split('x');
        int depth = int.Parse(parts[3].Replace("bit", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);

        LabelImage image = PngDecoder.Read(ImagingData.PathOf(name));

        Assert.Equal(parts[1], $"{image.Rows}x{image.Columns}");
        Assert.False(image.IsLossy);
        Assert.Equal(Pattern(sides[0] == "7" ? 7 : 3, sides[1] == "9" ? 9 : 2, depth), image.Values);
    }

    [Fact]
    public void All_fifteen_kinds_are_read_in_two_sizes_with_and_without_interlacing() =>
        Assert.Equal(15 * 2 * 2, FromSpecification.Count);

    [Theory]
    [InlineData("pillow_grey1.png", 1)]
    [InlineData("pillow_grey8.png", 8)]
    [InlineData("pillow_grey16.png", 16)]
    [InlineData("pillow_indexed1.png", 1)]
    [InlineData("pillow_indexed2.png", 2)]
    [InlineData("pillow_indexed4.png", 4)]
    [InlineData("pillow_indexed8.png", 8)]
    public void Reads_what_Pillow_wrote(string name, int depth) =>
        Assert.Equal(Pattern(7, 9, depth), PngDecoder.Read(ImagingData.PathOf(name)).Values);

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(150)]
    public void Reads_rows_of_any_length_with_all_grey_values(int columns)
    {
        byte[] values = [.. Enumerable.Range(0, 9 * columns).Select(i => (byte)(7 * i))];
        using var stream = new MemoryStream();
        PngEncoder.WriteGrey8(stream, 9, columns, values);

        Assert.Equal(values.Select(value => (float)value), PngDecoder.Decode(stream.ToArray(), "x.png").Values);
    }

    [Fact]
    public void Refuses_colour_and_names_the_pixel()
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => PngDecoder.Read(ImagingData.PathOf("pillow_colored.png")));

        Assert.Equal("LabelColor", error.ErrorId);
        Assert.Contains("row 2, column 5 (counted from 0) is red 39, green 40, blue 39", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_failed_redundancy_check()
    {
        byte[] content = ImagingData.Bytes("pillow_grey8.png");
        content[^15] ^= 1;

        Assert.Equal("PngInvalid", ErrorOf(content).ErrorId);
    }

    [Fact]
    public void Refuses_a_size_that_the_data_cannot_hold_before_it_asks_for_memory()
    {
        byte[] content = ImagingData.Bytes("pillow_grey8.png");
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(16), 8192);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(20), 8192);
        Repair(content);
        long before = GC.GetAllocatedBytesForCurrentThread();

        FileFormatException error = ErrorOf(content);

        Assert.Equal("PngTruncated", error.ErrorId);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(16, 0x7FFFFFFF, "PngInvalid")]
    [InlineData(16, 0, "PngInvalid")]
    [InlineData(20, 8, "PngTruncated")]
    [InlineData(20, 6, "PngInvalid")]
    [InlineData(24, 0x08010000, "PngInvalid")]
    [InlineData(24, 0x03000000, "PngInvalid")]
    [InlineData(24, 0x08030000, "PngInvalid")]
    [InlineData(24, 0x08000001, "PngInvalid")]
    [InlineData(24, 0x08000100, "PngInvalid")]
    [InlineData(25, 0x00000002, "PngInvalid")]
    public void Refuses_a_header_that_does_not_fit(int offset, int value, string errorId)
    {
        byte[] content = ImagingData.Bytes("pillow_grey8.png");
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(offset), value);
        Repair(content);

        Assert.Equal(errorId, ErrorOf(content).ErrorId);
    }

    [Fact]
    public void Refuses_other_content() => Assert.Equal("NotPng", ErrorOf("PNG"u8.ToArray()).ErrorId);

    [Property(MaxTest = 200)]
    public Property Grey_values_are_read_as_written() => Prop.ForAll(ImageGenerator.Masks().ToArbitrary(), mask =>
    {
        using var stream = new MemoryStream();
        PngEncoder.WriteGrey8(stream, mask.Rows, mask.Columns, mask.Roi);
        AssertRead(mask, stream.ToArray());
    });

    [Property(MaxTest = 200)]
    public Property Indices_are_read_as_written() => Prop.ForAll(ImageGenerator.Masks().ToArbitrary(), mask =>
    {
        using var stream = new MemoryStream();
        PngEncoder.WriteIndexed8(stream, mask.Rows, mask.Columns, mask.Roi, new uint[256]);
        AssertRead(mask, stream.ToArray());
    });

    [Fact]
    public void Skia_sees_the_palette_colours_that_were_written()
    {
        using var stream = new MemoryStream();
        PngEncoder.WriteIndexed8(stream, 1, 3, [2, 0, 1], [0x000000, 0xFF8000, 0x0102FE]);
        using SKBitmap bitmap = SKBitmap.Decode(stream.ToArray());

        Assert.Equal([0xFF0102FE, 0xFF000000, 0xFFFF8000], Array.ConvertAll(bitmap.Pixels, p => (uint)p));
    }

    [Fact]
    public void An_index_without_a_colour_is_refused() =>
        Assert.Throws<ArgumentException>(() => PngEncoder.WriteIndexed8(Stream.Null, 1, 1, [2], [0, 1]));

    [Fact]
    public void A_wrong_number_of_values_is_refused() =>
        Assert.Throws<ArgumentException>(() => PngEncoder.WriteGrey8(Stream.Null, 2, 2, [1, 2, 3]));

    private static void AssertRead(RandomMask mask, byte[] content)
    {
        LabelImage image = PngDecoder.Decode(content, "x.png");
        Assert.Equal((mask.Rows, mask.Columns), (image.Rows, image.Columns));
        Assert.Equal(mask.Roi, Array.ConvertAll(image.Values, v => (byte)v));
    }

    // The formula of make_reference.py.
    private static float[] Pattern(int rows, int columns, int depth)
    {
        float[] values = new float[rows * columns];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                int value = (7 * r) + (3 * c) + (r * c);
                values[(r * columns) + c] = depth == 16 ? value * 257 % 65536 : value % (1 << depth);
            }
        }

        return values;
    }

    private static void Repair(byte[] content) =>
        BinaryPrimitives.WriteUInt32BigEndian(content.AsSpan(29), Crc32.Compute(content.AsSpan(12, 17)));

    private static FileFormatException ErrorOf(byte[] content) =>
        Assert.Throws<FileFormatException>(() => PngDecoder.Decode(content, "x.png"));
}
