using System.Text;
using MedSeg.Data.Files;
using MedSeg.Errors;
using MedSeg.Labels;
using MedSeg.Tests.Imaging;

namespace MedSeg.Tests.Data.Files;

public sealed class LabelReaderTests
{
    [Theory]
    [InlineData("mask_u1.npy", 3, false)]
    [InlineData("pillow_indexed8.png", 7, false)]
    [InlineData("../../Volumes/Data/plain.nii", 10, false)]
    [InlineData("tiff_strips.tif", 19, false)]
    [InlineData("jpeg_step42.jpg", 48, true)]
    public void Tells_formats_by_content(string name, int rows, bool lossy)
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.wrong");
        File.Copy(ImagingData.PathOf(name), path);
        try
        {
            LabelImage image = LabelReader.Read(path);
            Assert.Equal((rows, lossy), (image.Rows, image.IsLossy));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("", 0, "is empty")]
    [InlineData("\0\0\0\0", 0, "only zeros")]
    [InlineData("II+\0", 0, "BigTIFF")]
    [InlineData("GIF89a", 0, "GIF")]
    [InlineData("BM12340000", 0, "text")]
    [InlineData("BM1234\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0", 0, "BMP")]
    [InlineData("DICM", 128, "DICOM")]
    [InlineData("PK\x03\x04", 0, ".npz")]
    [InlineData("\u0089HDF", 0, "HDF5")]
    [InlineData("MATLAB 5.0 MAT-file", 0, "MATLAB")]
    [InlineData("NRRD0005\n", 0, "NRRD")]
    [InlineData("RIFF1234WEBPVP8 ", 0, "WebP")]
    [InlineData("\0\0\0\fjP  ", 0, "JPEG 2000")]
    [InlineData("0, 1, 2\r\n", 0, "text")]
    [InlineData("\x01\x02\x03", 0, "unknown format")]
    public void Says_what_a_refused_file_looks_like(string content, int offset, string inMessage)
    {
        byte[] bytes = [.. new byte[offset], .. Encoding.Latin1.GetBytes(content)];

        FileFormatException error = Assert.Throws<FileFormatException>(() => LabelReader.Decode(bytes, "x.png"));

        Assert.Equal("LabelFormat", error.ErrorId);
        Assert.Contains(inMessage, error.Message, StringComparison.Ordinal);
        Assert.Contains(".npy (np.save), PNG or TIFF", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_not_found()
    {
        MedSegException error = Assert.Throws<MedSegException>(() => LabelReader.Read(ImagingData.PathOf("missing.png")));

        Assert.Equal((ErrorKind.NotFound, "FileNotFound"), (error.Kind, error.ErrorId));
    }

    [Fact]
    public void A_folder_is_unreadable() =>
        Assert.Equal("FileUnreadable", Assert.Throws<MedSegException>(() => LabelReader.Read(ImagingData.Folder)).ErrorId);

    [Fact]
    public void Extensions_have_dots_and_lower_case() => Assert.Equal([".npy", ".png", ".tif", ".tiff", ".jpg", ".jpeg"], LabelReader.Extensions);
}
