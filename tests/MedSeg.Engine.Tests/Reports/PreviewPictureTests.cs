using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Pictures;
using MedSeg.Reports;

namespace MedSeg.Tests.Reports;

public class PreviewPictureTests
{
    private const int Margin = 24;
    private const int CaptionHeight = 30;
    private const int RightHalf = Margin + 256 + 4;

    [Fact]
    public void Small_slices_are_enlarged_by_a_whole_factor_without_smoothing()
    {
        PreviewTile tile = Tile(2) with { Image = [0, 1, 0.5f, 0] };

        Picture picture = Draw([tile], []);

        Assert.Equal((2 * Margin) + 256 + 4 + 256, picture.Width);
        Assert.Equal((2 * Margin) + CaptionHeight + 256, picture.Height);
        Assert.Equal((0, 255, 128, 0), (GreyAt(picture, 127, 127), GreyAt(picture, 128, 127), GreyAt(picture, 127, 128), GreyAt(picture, 128, 128)));
        Assert.Equal(256 * 256 / 4, picture.CountIn(0, (Margin + CaptionHeight) / (double)picture.Height, 0.48, 1, pixel => pixel is { Red: 128, Green: 128, Blue: 128 }));
    }

    [Fact]
    public void Window_says_what_is_black_and_white_and_one_picture_may_stand_alone()
    {
        PreviewTile tile = Tile(2) with { Image = [0, 1, 0.5f, -3], Window = (0, 2) };

        Picture picture = Draw([tile], [], new PreviewOptions { IsPaired = false });

        Assert.Equal((2 * Margin) + 256, picture.Width);
        Assert.Equal((0, 128, 64, 0), (GreyAt(picture, 127, 127), GreyAt(picture, 128, 127), GreyAt(picture, 127, 128), GreyAt(picture, 128, 128)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Each_ROI_has_its_outline_its_fill_and_its_swatch(int rois)
    {
        PreviewTile tile = Stripes(64, rois);

        Picture picture = Draw([tile], [.. Enumerable.Range(1, rois).Select(i => $"ROI {i}")], new PreviewOptions { Opacity = 0.5 });

        double legend = (double)(Margin + CaptionHeight + 256) / picture.Height;
        for (int roi = 1; roi <= rois; roi++)
        {
            RgbColor color = RoiPalette.ColorOf(roi);
            var fill = new RgbColor(Half(color.Red), Half(color.Green), Half(color.Blue));
            Assert.Equal(18 * 18, picture.CountIn(0, legend, 1, 1, pixel => Picture.Same(pixel, color)));
            Assert.True(picture.CountIn(0, 0, 1, legend, pixel => Picture.Same(pixel, color)) > 200, $"outline of ROI {roi}");
            Assert.True(picture.CountIn(0, 0, 1, legend, pixel => Picture.Same(pixel, fill)) > 200, $"fill of ROI {roi}");
        }
    }

    [Fact]
    public void The_left_slice_stays_grey()
    {
        Picture picture = Draw([Stripes(64, 3)], ["A", "B", "C"]);

        double right = (double)(Margin + 256) / picture.Width;
        double bottom = (double)(Margin + CaptionHeight + 256) / picture.Height;
        Assert.Equal(0, picture.CountIn(0, (double)(Margin + CaptionHeight) / picture.Height, right, bottom, pixel => pixel.Red != pixel.Green || pixel.Green != pixel.Blue));
    }

    [Fact]
    public void The_outline_lies_on_the_edge_of_the_ROI_and_the_fill_within()
    {
        PreviewTile tile = Tile(16);
        for (int y = 4; y < 12; y++)
        {
            Array.Fill(tile.Roi, (byte)1, (y * 16) + 4, 8);
        }

        Picture picture = Draw([tile], ["A"], new PreviewOptions { Opacity = 0 });

        Assert.False(Picture.Same(picture[RightHalf + 63, Margin + CaptionHeight + 136], RoiPalette.ColorOf(1)));
        Assert.True(Picture.Same(picture[RightHalf + 64, Margin + CaptionHeight + 136], RoiPalette.ColorOf(1)));
        Assert.True(Picture.Same(picture[RightHalf + 191, Margin + CaptionHeight + 136], RoiPalette.ColorOf(1)));
        Assert.False(Picture.Same(picture[RightHalf + 136, Margin + CaptionHeight + 136], RoiPalette.ColorOf(1)));
    }

    [Fact]
    public void Captions_and_names_are_written()
    {
        Picture picture = Draw([Tile(64)], ["Left psoas"]);

        Assert.True(picture.CountIn(0, (double)Margin / picture.Height, 0.4, (double)(Margin + CaptionHeight) / picture.Height, Picture.IsDark) > 60);
        Assert.True(picture.CountIn(0.1, (double)(Margin + CaptionHeight + 256) / picture.Height, 0.5, 1, Picture.IsDark) > 60);
    }

    [Fact]
    public void A_long_caption_stays_within_its_tile()
    {
        Picture picture = Draw([Tile(64) with { Caption = new string('W', 400) }, Tile(64) with { Caption = string.Empty }], [], new PreviewOptions { Columns = 2 });

        double top = (double)Margin / picture.Height;
        double bottom = (double)(Margin + CaptionHeight) / picture.Height;
        Assert.True(picture.CountIn(0.4, top, 0.48, bottom, Picture.IsDark) > 60);
        Assert.Equal(0, picture.CountIn((Margin + 516.0) / picture.Width, top, 1, bottom, Picture.IsDark));
    }

    [Theory]
    [InlineData(3, 3, float.NaN, float.NaN)]
    [InlineData(0, 1, float.PositiveInfinity, float.NaN)]
    public void Constant_images_and_what_is_not_finite_are_black(float first, float second, float third, float fourth)
    {
        Picture picture = Draw([Tile(2) with { Image = [first, second, third, fourth] }], []);

        Assert.Equal((0, 0, 0), (GreyAt(picture, 0, 0), GreyAt(picture, 0, 255), GreyAt(picture, 255, 255)));
        Assert.Equal(first == second ? 0 : 255, GreyAt(picture, 255, 0));
    }

    [Fact]
    public void Tiles_that_do_not_fit_their_size_or_the_labels_are_refused()
    {
        Assert.Equal("PreviewTileMismatch", ErrorOf([Tile(16) with { Size = 15 }]));
        Assert.Equal("PreviewTileMismatch", ErrorOf([Tile(16) with { Size = 0 }]));
        Assert.Equal("PreviewTileMismatch", ErrorOf([Stripes(16, 2)]));
        Assert.Equal("EmptyPreview", ErrorOf([]));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Equal("PreviewOptionOutOfRange", ErrorOf([Tile(16)], new PreviewOptions { Columns = 0 }));
        Assert.Equal("PreviewOptionOutOfRange", ErrorOf([Tile(16)], new PreviewOptions { Opacity = double.NaN }));
        Assert.Equal("PreviewTooLarge", ErrorOf([.. Enumerable.Repeat(Tile(16), 100)], new PreviewOptions { Columns = 1 }));
    }

    private static string ErrorOf(PreviewTile[] tiles, PreviewOptions? options = null) =>
        Assert.Throws<MedSegException>(() => PreviewPicture.Write(Stream.Null, tiles, ["A"], options)).ErrorId;

    private static PreviewTile Tile(int size) => new("patient-0001", size, new float[size * size], new byte[size * size]);

    /// <summary>A black slice with ROIs as horizontal stripes over its whole width.</summary>
    private static PreviewTile Stripes(int size, int rois)
    {
        PreviewTile tile = Tile(size);
        for (int i = 0; i < tile.Roi.Length; i++)
        {
            tile.Roi[i] = (byte)(1 + (i / size * rois / size));
        }

        return tile;
    }

    private static byte Half(byte value) => (byte)Math.Round(value * 0.5);

    private static int GreyAt(Picture picture, int x, int y) => picture[Margin + x, Margin + CaptionHeight + y].Red;

    private static Picture Draw(PreviewTile[] tiles, string[] names, PreviewOptions? options = null) =>
        new(stream => PreviewPicture.Write(stream, tiles, names, options));
}
