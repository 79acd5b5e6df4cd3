using MedSeg.Dicom;

namespace MedSeg.Tests.Dicom;

/// <summary>The window that a file states (DICOM PS3.3, C.11.2.1.2, with the standard's own example of width and centre).</summary>
public class VoiWindowTests
{
    [Theory]
    [InlineData("LINEAR", 2048, 4096, new ushort[] { 0, 2047, 4095 }, new[] { 0, 0.4999, 1 })]
    [InlineData("LINEAR", 2048, 1, new ushort[] { 2047, 2048 }, new[] { 0.0, 1 })]
    [InlineData("LINEAR", 100, 100, new ushort[] { 49, 50, 149, 150 }, new[] { 0, 0, 1.0, 1 })]
    [InlineData("LINEAR_EXACT", 100, 100, new ushort[] { 50, 100, 150 }, new[] { 0, 0.5, 1 })]
    [InlineData("SIGMOID", 100, 100, new ushort[] { 50, 100, 150 }, new[] { 0.1192, 0.5, 0.8808 })]
    public void Values_are_scaled_by_the_function(string function, int center, int width, ushort[] values, double[] expected)
    {
        float[] actual = Windowed(DicomBytes.Part10(), function, center, width, "MONOCHROME2", values);

        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -1e-3, 1e-3));
    }

    [Fact]
    public void Window_of_Monochrome1_is_stated_for_the_values_as_stored()
    {
        float[] upright = Windowed(DicomBytes.Part10(), "LINEAR", 100, 51, "MONOCHROME2", [80, 90, 100]);
        float[] inverted = Windowed(DicomBytes.Part10(), "LINEAR", 100, 51, "MONOCHROME1", [80, 90, 100]);

        Assert.All(upright.Zip(inverted), pair => Assert.Equal(1, pair.First + pair.Second, 1e-5f));
    }

    [Fact]
    public void Several_windows_count_by_the_first_and_unusable_ones_not_at_all()
    {
        Assert.Equal(40, Read(DicomBytes.Part10().Text(0x0028, 0x1050, "DS", "40\\400").Text(0x0028, 0x1051, "DS", "80\\2000"), "MONOCHROME2", [1]).Window!.Center);
        Assert.Null(Read(DicomBytes.Part10().Text(0x0028, 0x1050, "DS", "40").Text(0x0028, 0x1051, "DS", "0"), "MONOCHROME2", [1]).Window);
        Assert.Null(Read(DicomBytes.Part10().Text(0x0028, 0x1050, "DS", "40"), "MONOCHROME2", [1]).Window);
    }

    private static float[] Windowed(DicomBytes file, string function, int center, int width, string photometric, ushort[] values)
    {
        DicomImage image = Read(file.Text(0x0028, 0x1050, "DS", $"{center}").Text(0x0028, 0x1051, "DS", $"{width}").Text(0x0028, 0x1056, "CS", function), photometric, values);
        image.Window!.Apply(image.Pixels);
        return image.Pixels;
    }

    private static DicomImage Read(DicomBytes file, string photometric, ushort[] values) =>
        DicomImageReader.ReadFrames("/data/slice.dcm", file.Image(1, values.Length, photometric: photometric).Pixels(values).ToArray()).First();
}
