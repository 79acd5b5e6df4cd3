using MedSeg.Data.Files;
using MedSeg.Dicom;
using MedSeg.Imaging;

namespace MedSeg.Tests.Dicom;

/// <summary>Pixel spacings as programs write them.</summary>
public sealed class PixelSpacingTests
{
    [Theory]
    [InlineData(@"0.8\0.7", 0.8, 0.7, false)]
    [InlineData(@" 0.8 \0.7 ", 0.8, 0.7, false)]
    [InlineData(@"8e-1\.7", 0.8, 0.7, false)]
    [InlineData(@"0,8\0,7", 0.8, 0.7, true)]
    [InlineData(@"0,8\0.7", 0.8, 0.7, true)]
    [InlineData(@"1\0,75", 1, 0.75, true)]
    [InlineData("", 0, 0, false)]
    [InlineData("0.5,0.5", 0, 0, true)]
    [InlineData("0,5,0,5", 0, 0, true)]
    [InlineData("0.5", 0, 0, true)]
    [InlineData(@"0\0", 0, 0, true)]
    [InlineData(@"-0.5\0.5", 0, 0, true)]
    [InlineData(@"1.000,5\1", 0, 0, true)]
    [InlineData(@"0.5\0.5\0.5", 0, 0, true)]
    [InlineData("half", 0, 0, true)]
    public void A_spacing_is_read_or_its_text_is_shown(string text, double row, double column, bool isNoted)
    {
        DicomImage image = Read(DicomBytes.Part10().Image(1, 1).Text(0x0028, 0x0030, "DS", text));

        Assert.Equal(row > 0 ? new PixelSpacing(row, column) : null, image.Spacing);
        Assert.Equal(isNoted, image.SpacingNote is not null);
        Assert.Contains(isNoted ? $"Pixel Spacing (0028,0030) is '{text}'" : "", image.SpacingNote?.Finding ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Spacing_at_the_detector_is_used_and_named()
    {
        DicomImage image = Read(DicomBytes.Part10().Image(1, 1).Text(0x0018, 0x1164, "DS", @"0.15\0.15"));

        Assert.Equal(new PixelSpacing(0.15, 0.15), image.Spacing);
        Assert.True(image.SpacingNote!.IsAtDetector);
        Assert.StartsWith(@"Imager Pixel Spacing (0018,1164) is '0.15\0.15', and there is no Pixel Spacing (0028,0030)", image.SpacingNote.Finding, StringComparison.Ordinal);
        Assert.Null(Read(DicomBytes.Part10().Image(1, 1).Text(0x0018, 0x1164, "DS", @"0.15\0.15").Text(0x0028, 0x0030, "DS", @"0.1\0.1")).SpacingNote);
    }

    [Fact]
    public void Positions_with_decimal_commas_are_read()
    {
        DicomBytes file = DicomBytes.Part10().Text(0x0020, 0x0032, "DS", @"-10,5\20\3,25").Text(0x0020, 0x0037, "DS", @"1\0\0\0\0,8\0,6").Image(1, 1);

        DicomImage image = Read(file);

        Assert.Equal([-10.5, 20, 3.25], image.Position);
        Assert.Equal([1, 0, 0, 0, 0.8, 0.6], image.Orientation);
    }

    [Fact]
    public void The_inspection_of_an_image_shows_the_text()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, DicomBytes.Part10().Image(1, 1).Text(0x0028, 0x0030, "DS", "0.5,0.5").Pixels(1).ToArray());
            Assert.Contains("'0.5,0.5'", Assert.Single(ImageInspector.Describe(path, hash: false).Notes), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(0, 0, 3, 1, 3, 3, 1, true)]
    [InlineData(0, 0, 4, 2, 3, 3, 1, true)]
    [InlineData(1, 0, 3, 1, 3, 3, 1, false)]
    [InlineData(0, 0, 2, 1, 3, 3, 1, false)]
    [InlineData(0, 0, 3, 1, 3, 4, 1, false)]
    [InlineData(0, 0, 3, 1, 3, 3, 2, false)]
    public void An_ultrasound_region_that_covers_the_image_gives_its_pixel_size(uint left, uint top, uint right, uint bottom, ushort unitsX, ushort unitsY, int regions, bool isRead)
    {
        DicomBytes[] items = [.. Enumerable.Range(0, regions).Select(_ => new DicomBytes()
            .Element(0x0018, 0x6018, "UL", BitConverter.GetBytes(left)).Element(0x0018, 0x601A, "UL", BitConverter.GetBytes(top))
            .Element(0x0018, 0x601C, "UL", BitConverter.GetBytes(right)).Element(0x0018, 0x601E, "UL", BitConverter.GetBytes(bottom))
            .UInt16(0x0018, 0x6024, unitsX).UInt16(0x0018, 0x6026, unitsY)
            .Element(0x0018, 0x602C, "FD", BitConverter.GetBytes(0.02)).Element(0x0018, 0x602E, "FD", BitConverter.GetBytes(-0.03)))];

        Assert.Equal(isRead ? new PixelSpacing(0.3, 0.2) : null, Rounded(Read(DicomBytes.Part10().Sequence(0x0018, 0x6011, items).Image(2, 4), 2 * 4).Spacing));
        Assert.Equal(new PixelSpacing(1, 2), Read(DicomBytes.Part10().Sequence(0x0018, 0x6011, items).Image(2, 4).Text(0x0028, 0x0030, "DS", @"1\2"), 2 * 4).Spacing);
    }

    private static PixelSpacing? Rounded(PixelSpacing? spacing) => spacing is { } found ? new PixelSpacing(Math.Round(found.Row, 9), Math.Round(found.Column, 9)) : null;

    private static DicomImage Read(DicomBytes file, int pixels = 1) => DicomImageReader.ReadFrames("test.dcm", file.Pixels(new ushort[pixels]).ToArray()).First();
}
