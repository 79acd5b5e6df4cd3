using MedSeg.Imaging;
using MedSeg.Pictures;
using SkiaSharp;

namespace MedSeg.Tests.Pictures;

/// <summary>The picture of a segmented slice says what is right, how long a centimetre is, and which colour is which ROI.</summary>
public class OverlayPictureTests
{
    private const int Columns = 128;
    private const int Rows = 64;
    private const int Factor = 4;

    [Fact]
    public void Sides_and_scale_are_drawn_only_where_they_are_known()
    {
        using SKBitmap plain = Draw(new OverlayNotes(["Psoas"]));
        using SKBitmap sides = Draw(new OverlayNotes(["Psoas"]) { Directions = new SliceDirections('R', 'L', 'A', 'P') });
        using SKBitmap scale = Draw(new OverlayNotes(["Psoas"]) { Spacing = new PixelSpacing(0.5, 0.5) });

        Assert.Equal(0, White(plain, SKRectI.Create(0, 0, Columns * Factor, Rows * Factor)));
        foreach (SKRectI edge in (SKRectI[])[SKRectI.Create(0, 100, 40, 56), SKRectI.Create(472, 100, 40, 56), SKRectI.Create(230, 0, 52, 40), SKRectI.Create(230, 216, 52, 40)])
        {
            Assert.True(White(sides, edge) > 20);
        }

        // A third of 512 pixels, which are 64 mm, is 21 mm: the bar has 20 mm, 160 pixels.
        SKRectI foot = SKRectI.Create(0, 200, 256, 56);
        Assert.InRange(Enumerable.Range(foot.Top, foot.Height).Max(y => White(scale, SKRectI.Create(foot.Left, y, foot.Width, 1))), 158, 161);
    }

    [Fact]
    public void The_legend_shows_all_ROIs_below_the_slice_in_as_many_lines_as_they_need()
    {
        using SKBitmap few = Draw(new OverlayNotes(["Psoas", "Disc"]));
        using SKBitmap many = Draw(new OverlayNotes([.. Enumerable.Range(1, 12).Select(i => $"A muscle with a long name {i}")]));

        Assert.All([1, 2], (int roi) => Assert.True(Count(few, SKRectI.Create(0, Rows * Factor, few.Width, few.Height - (Rows * Factor)), ColorOf(roi)) >= 200));
        Assert.All(Enumerable.Range(1, 12), roi => Assert.True(Count(many, SKRectI.Create(0, Rows * Factor, many.Width, many.Height - (Rows * Factor)), ColorOf(roi)) >= 200));
        Assert.True(many.Height > few.Height + 100);
    }

    private static SKBitmap Draw(OverlayNotes notes)
    {
        float[] grey = new float[Rows * Columns];
        byte[] mask = new byte[Rows * Columns];
        grey.AsSpan(0, Columns * Rows / 2).Fill(1);
        mask.AsSpan(Columns * Rows / 4, Columns).Fill(1);

        // Nothing of the slice itself is white.
        grey[^1] = 3;
        using var stream = new MemoryStream();
        OverlayPicture.Write(stream, grey, mask, Columns, notes);
        SKBitmap picture = SKBitmap.Decode(stream.ToArray());
        Assert.Equal(Columns * Factor, picture.Width);
        using (var canvas = new SKCanvas(picture))
        using (var black = new SKPaint { Color = SKColors.Black })
        {
            canvas.DrawRect((Columns - 1) * Factor, (Rows - 1) * Factor, Factor, Factor, black);
        }

        return picture;
    }

    private static SKColor ColorOf(int roi) => RoiPalette.ColorOf(roi) is var color ? new SKColor(color.Red, color.Green, color.Blue) : default;

    private static int White(SKBitmap picture, SKRectI place) => Count(picture, place, SKColors.White);

    private static int Count(SKBitmap picture, SKRectI place, SKColor color) =>
        Enumerable.Range(place.Top, place.Height).Sum(y => Enumerable.Range(place.Left, place.Width).Count(x => picture.GetPixel(x, y) == color));
}
