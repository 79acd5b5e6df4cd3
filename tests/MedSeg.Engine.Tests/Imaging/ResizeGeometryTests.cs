using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Tests.Imaging;

public sealed class ResizeGeometryTests
{
    [Theory]
    [InlineData(512, 256, 256, 0, 64, 256, 128)]
    [InlineData(3, 1000, 256, 127, 0, 1, 256)]
    [InlineData(10, 10, 16, 0, 0, 16, 16)]
    [InlineData(9, 10, 16, 1, 0, 14, 16)]
    public void Padded_images_are_centred(int rows, int columns, int size, int top, int left, int insideRows, int insideColumns)
    {
        var geometry = ResizeGeometry.Of(rows, columns, size, ResizeMode.Pad);

        Assert.Equal((top, left, insideRows, insideColumns), (geometry.Top, geometry.Left, geometry.Rows, geometry.Columns));
        Assert.Equal((new AxisWindow(0, insideRows), new AxisWindow(0, insideColumns)), (geometry.VisibleRows, geometry.VisibleColumns));
    }

    [Theory]
    [InlineData(100, 200, 64, 1, 50, 200, 7, 0, -68, 64)]
    [InlineData(100, 101, 64, 1, 100, 101, -18, 18, -19, 64)]
    [InlineData(10, 10, 64, 0.5, 10, 20, 27, 0, 22, 20)]
    public void Pixel_size_decides_the_scale_and_the_image_is_cropped_or_padded_on_both_sides(
        int rows, int columns, int size, double pixelSize, int insideRows, int insideColumns, int top, int firstRow, int left, int visibleColumns)
    {
        var spacing = new PixelSpacing(pixelSize * insideRows / rows, pixelSize * insideColumns / columns);

        var geometry = ResizeGeometry.Of(rows, columns, size, pixelSize, spacing);

        Assert.Equal((insideRows, insideColumns), (geometry.Rows, geometry.Columns));
        Assert.Equal((top, left), (geometry.Top, geometry.Left));
        Assert.Equal((firstRow, visibleColumns), (geometry.VisibleRows.First, geometry.VisibleColumns.Count));
    }

    [Fact]
    public void Pixel_size_that_makes_an_image_gigantic_is_refused()
    {
        var error = Assert.Throws<MedSegException>(() => ResizeGeometry.Of(512, 512, 256, 0.001, new PixelSpacing(0.8, 0.8)));

        Assert.Equal("PixelSizeTooSmall", error.ErrorId);
        Assert.Contains("512 × 512 pixels of 0.8 × 0.8 mm", error.Message, StringComparison.Ordinal);
        Assert.Contains("409600 × 409600", error.Message, StringComparison.Ordinal);
    }
}
