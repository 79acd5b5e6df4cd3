using MedSeg.Dicom.Codecs.Jpeg2000;

namespace MedSeg.Tests.Dicom.Codecs.Jpeg2000;

public class SampleWriterTests
{
    [Theory]
    [InlineData(8, 1)]
    [InlineData(16, 1)]
    [InlineData(16, 3)]
    [InlineData(24, 1)]
    public void Samples_are_rounded_to_even_and_clamped(int precision, int components)
    {
        // Long enough for vectors and for what is left after them.
        float half = 1 << (precision - 1);
        float[] plane = [.. Enumerable.Range(0, 37).Select(i => (i - 18) * 0.25f), half - 1, half, 1e12f, -half - 0.5f, -half - 1, -1e12f];
        int[] samples = new int[plane.Length * components];
        var area = new Area(0, 0, plane.Length, 1);
        var writer = new SampleWriter(new ImageGrid(area, area, components, precision, IsSigned: true), samples);

        writer.Write(plane, area, components - 1);

        int[] expected = [.. plane.Select(v => (int)Math.Clamp(Math.Round((double)v, MidpointRounding.ToEven), -half, half - 1))];
        Assert.Equal(expected, samples.Where((_, i) => i % components == components - 1));
    }
}
