using MedSeg.Errors;
using MedSeg.Formats.Jpeg;
using MedSeg.Labels;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Formats.Jpeg;

public sealed class JpegLabelTests
{
    [Theory]
    [InlineData("jpeg_step42")]
    [InlineData("jpeg_step42_progressive")]
    [InlineData("jpeg_plain")]
    [InlineData("jpeg_plain_best")]
    public void Gives_the_grey_levels_that_libjpeg_gives(string name)
    {
        LabelImage image = JpegLabel.Read(ImagingData.PathOf($"{name}.jpg"));

        Assert.Equal((48, 48, true), (image.Rows, image.Columns, image.IsLossy));
        Assert.Equal(ImagingData.Floats($"{name}_decoded.npy"), image.Values);
    }

    [Fact]
    public void Takes_a_grey_picture_saved_in_colour()
    {
        LabelImage image = JpegLabel.Read(ImagingData.PathOf("jpeg_rgb_grey.jpg"));

        float[] expected = ImagingData.Floats("jpeg_step42_decoded.npy");
        Assert.All(image.Values, (value, i) => Assert.InRange(value, expected[i] - 1, expected[i] + 1));
    }

    [Theory]
    [InlineData("jpeg_colored.jpg", "LabelColor", "row 0, column 0")]
    [InlineData("jpeg_turned.jpg", "JpegInvalid", "EXIF orientation")]
    [InlineData("pillow_grey8.png", "NotJpeg", "JPEG")]
    public void Refuses(string name, string errorId, string inMessage)
    {
        FileFormatException error = Assert.Throws<FileFormatException>(() => JpegLabel.Read(ImagingData.PathOf(name)));

        Assert.Equal(errorId, error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_file_cut_in_its_middle()
    {
        byte[] content = ImagingData.Bytes("jpeg_step42.jpg");

        FileFormatException error = Assert.Throws<FileFormatException>(() => JpegLabel.Decode(content.AsSpan(0, content.Length * 2 / 3), "x.jpg"));

        Assert.Equal("JpegInvalid", error.ErrorId);
    }

    [Fact]
    public void Refuses_a_size_that_the_file_cannot_hold()
    {
        byte[] content = ImagingData.Bytes("jpeg_step42.jpg");
        int frame = content.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 });
        new byte[] { 0x1F, 0xFF, 0x1F, 0xFF }.CopyTo(content, frame + 5);

        FileFormatException error = Assert.Throws<FileFormatException>(() => JpegLabel.Decode(content, "x.jpg"));

        Assert.Contains("8191 rows and 8191 columns", error.Message, StringComparison.Ordinal);
    }
}
