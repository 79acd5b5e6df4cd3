using MedSeg.Errors;
using MedSeg.Imaging;
using MedSeg.Inference;
using MedSeg.Reports;
using MedSeg.Tests.Inference;
using MedSeg.Threading;
using SkiaSharp;

namespace MedSeg.Tests.Reports;

public sealed class ContactSheetTests : IDisposable
{
    private readonly ScanFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sheet_shows_every_slice_with_its_ROIs_outlined_or_filled(bool isFilled)
    {
        using SKBitmap sheet = Draw(Segment(5), isFilled);

        // Three columns of 360 pixels with gaps of 16, margins of 24.
        Assert.Equal((2 * 24) + (3 * 360) + (2 * 16), sheet.Width);
        SKColor inner = Palette(2);
        for (int i = 0; i < 5; i++)
        {
            // The middle of each slice is in the inner ROI: tinted where filled, grey where outlined.
            SKColor middle = sheet.GetPixel(24 + (i % 3 * 376) + 180, 24 + 26 + (i / 3 * (26 + 180 + 16)) + 86);
            Assert.Equal(isFilled, Math.Abs(middle.Blue - middle.Red) > 20);
        }

        Assert.True(Count(sheet, inner) > 5 * 100, "There are no outlines.");
        Assert.Equal(16 * 16, CountBelow(sheet, inner, 24 + (2 * (26 + 180 + 16))));
        Assert.Equal(16 * 16, CountBelow(sheet, Palette(1), 24 + (2 * (26 + 180 + 16))));
    }

    [Fact]
    public void Scale_bar_has_the_length_that_it_says()
    {
        using SKBitmap sheet = Draw(Segment(1), isFilled: false);

        // 84 mm across 360 pixels: 2 cm is the largest round length within a third.
        int row = Enumerable.Range(26 + 24 + 100, 80).MaxBy(y => LongestWhite(sheet, y));
        Assert.InRange(LongestWhite(sheet, row), (20 * 360 / 84) - 1, (20 * 360 / 84) + 2);
    }

    [Fact]
    public void Slices_that_cannot_be_drawn_are_left_out_and_none_is_an_error()
    {
        List<SegmentedSlice> slices = Segment(2);
        File.Delete(slices[0].MaskPath!);
        var errors = new List<string>();

        using (SKBitmap sheet = Draw(slices, isFilled: false, new EngineEvents { Error = e => errors.Add(e.ErrorId) }))
        {
            Assert.Equal(["FileNotFound"], errors);
        }

        Assert.Equal(ErrorIds.EmptyReport, Assert.Throws<MedSegException>(() => Draw(slices[..1], isFilled: false)).ErrorId);
        Assert.Equal(ErrorIds.PreviewTooLarge, Assert.Throws<MedSegException>(() => Draw([.. Enumerable.Repeat(slices[0], 2000)], isFilled: false)).ErrorId);
    }

    private static int Count(SKBitmap sheet, SKColor color) => sheet.Pixels.Count(pixel => pixel == color);

    private static int CountBelow(SKBitmap sheet, SKColor color, int top) => sheet.Pixels.Skip(top * sheet.Width).Count(pixel => pixel == color);

    private static int LongestWhite(SKBitmap sheet, int row)
    {
        (int longest, int length) = (0, 0);
        for (int x = 24; x < 24 + 360; x++)
        {
            length = sheet.GetPixel(x, row) == SKColors.White ? length + 1 : 0;
            longest = Math.Max(longest, length);
        }

        return longest;
    }

    private static SKColor Palette(int roi)
    {
        RgbColor color = RoiPalette.ColorOf(roi);
        return new SKColor(color.Red, color.Green, color.Blue);
    }

    private static SKBitmap Draw(IReadOnlyList<SegmentedSlice> slices, bool isFilled, EngineEvents? events = null)
    {
        using var stream = new MemoryStream();
        ContactSheet.Write(stream, slices, isFilled, events, TestContext.Current.CancellationToken);
        return SKBitmap.Decode(stream.ToArray());
    }

    private List<SegmentedSlice> Segment(int count)
    {
        for (int number = 1; number <= count; number++)
        {
            _folder.Add($"s{number}", number);
        }

        return _folder.Run();
    }
}
