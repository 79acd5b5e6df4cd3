using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MedSeg.Imaging;

namespace MedSeg.Tests.Imaging;

public sealed class IntensityNormalizerTests
{
    [Theory]
    [InlineData(Normalization.MinMax)]
    [InlineData(Normalization.Percentile)]
    [InlineData(Normalization.ZScore)]
    [InlineData(Normalization.None)]
    public void Scales_as_numpy_does(Normalization normalization)
    {
        float[] pixels = ImagingData.Floats("resize_source.npy");

        IntensityNormalizer.Apply(pixels, normalization);

        Assert.All(ImagingData.Floats($"normalized_{normalization}.npy"), (expected, i) => Assert.Equal(expected, pixels[i], 1e-6f));
    }

    [Theory]
    [InlineData(Normalization.MinMax)]
    [InlineData(Normalization.Percentile)]
    [InlineData(Normalization.ZScore)]
    public void A_constant_image_becomes_zero(Normalization normalization)
    {
        float[] pixels = [-7, -7, -7];

        IntensityNormalizer.Apply(pixels, normalization);

        Assert.Equal([0, 0, 0], pixels);
    }

    [Fact]
    public void Min_max_holds_over_the_whole_range_of_single_precision()
    {
        float[] pixels = [float.MinValue, 0, float.MaxValue];

        IntensityNormalizer.Apply(pixels, Normalization.MinMax);

        Assert.Equal([0, 0.5f, 1], pixels);
    }

    [Theory]
    [InlineData(1, 0, 1 << 16)]
    [InlineData(1, -3000, 5000)]
    [InlineData(1, -(1 << 22), 1 << 22)]
    [InlineData(1, -(1 << 24), 1 << 24)]
    [InlineData(0.1f, -3000, 5000)]
    public void Min_max_rounds_once_whatever_the_values(float step, int least, int greatest)
    {
        var random = new Random(greatest);
        for (int count = 2; count < 70; count++)
        {
            float[] pixels = [.. Enumerable.Range(0, count).Select(_ => step * random.Next(least, greatest))];
            double low = pixels.Min();
            double width = pixels.Max() - low;
            float[] expected = width == 0 ? new float[count] : Array.ConvertAll(pixels, value => (float)((value - low) / width));

            IntensityNormalizer.Apply(pixels, Normalization.MinMax);

            Assert.Equal(expected, pixels);
        }
    }

    [Fact]
    public void Percentiles_that_are_equal_give_way_to_least_and_greatest()
    {
        float[] pixels = new float[1000];
        pixels[500] = 8;
        pixels[501] = 4;

        IntensityNormalizer.Apply(pixels, Normalization.Percentile);

        Assert.Equal((0f, 1f, 0.5f), (pixels[0], pixels[500], pixels[501]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_pixel_that_is_not_finite_is_refused_and_nothing_is_changed(float value)
    {
        foreach (Normalization normalization in Enum.GetValues<Normalization>().Where(n => n != Normalization.Window))
        {
            float[] pixels = [1, 2, value];
            Assert.Throws<ArgumentException>(() => IntensityNormalizer.Apply(pixels, normalization));
            Assert.Equal([1, 2, value], pixels);
        }
    }

    [Fact]
    public void An_unknown_normalisation_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => IntensityNormalizer.Apply(new float[] { 1, 2 }, (Normalization)9));

    [Theory]
    [InlineData(true)]
    [InlineData(true, 5f, 5f)]
    [InlineData(false, 5f, 5f, 6f)]
    [InlineData(false, float.NaN, float.NaN)]
    public void Tells_constant_images(bool expected, params float[] pixels) =>
        Assert.Equal(expected, IntensityNormalizer.IsConstant(pixels));

    [Property(MaxTest = 200)]
    public Property No_image_gives_a_value_that_is_not_finite() => Prop.ForAll(ImageGenerator.Images().ToArbitrary(), image =>
    {
        foreach (Normalization normalization in Enum.GetValues<Normalization>().Where(n => n != Normalization.Window))
        {
            float[] pixels = [.. image.Pixels];
            IntensityNormalizer.Apply(pixels, normalization);
            Assert.All(pixels, value => Assert.True(float.IsFinite(value)));
        }
    });
}
