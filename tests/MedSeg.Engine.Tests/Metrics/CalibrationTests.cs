using MedSeg.Imaging;
using MedSeg.Metrics;

namespace MedSeg.Tests.Metrics;

/// <summary>The temperature and the calibration error.</summary>
public sealed class CalibrationTests
{
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2.5)]
    [InlineData(4)]
    public void Known_temperature_is_found_again(double temperature)
    {
        ScoredPixel[] pixels = Pixels(temperature, 40_000);

        double found = TemperatureFit.Find(pixels, 0.05, 20);

        Assert.Equal(temperature, found, 0.04 * temperature);
        Assert.InRange(CalibrationError.Compute(pixels, found), 0, 0.01);
        Assert.True(temperature == 1 || CalibrationError.Compute(pixels, 1) > 0.04);
    }

    [Fact]
    public void Likelihood_is_greatest_at_the_temperature()
    {
        ScoredPixel[] pixels = Pixels(2, 2000);
        double Loss(double temperature) => -pixels.Sum(p => Math.Log(TemperatureScaling.Scale(p.Probabilities.Span, p.Truth, temperature)));

        double found = TemperatureFit.Find(pixels, 0.05, 20);

        Assert.True(Loss(found) < Loss(found * 1.01));
        Assert.True(Loss(found) < Loss(found / 1.01));
    }

    [Fact]
    public void Weight_of_a_pixel_counts_as_that_many_pixels()
    {
        ScoredPixel[] pixels = Pixels(2, 1000);
        ScoredPixel[] thrice = [.. pixels.Take(500), .. pixels.Take(500), .. pixels];
        ScoredPixel[] weighted = [.. pixels.Select((p, i) => p with { Weight = i < 500 ? 3 : 1 })];

        Assert.Equal(TemperatureFit.Find(thrice, 0.05, 20), TemperatureFit.Find(weighted, 0.05, 20), 1e-6);
        Assert.Equal(CalibrationError.Compute(thrice, 1.5), CalibrationError.Compute(weighted, 1.5), 1e-9);
    }

    [Fact]
    public void Network_that_is_always_right_or_always_wrong_gives_an_end_of_the_range()
    {
        ScoredPixel right = new(new float[] { 0.2f, 0.8f }, 1, 1, 1);
        ScoredPixel wrong = new(new float[] { 0.2f, 0.8f }, 1, 0, 1);

        Assert.Equal(0.05, TemperatureFit.Find([right], 0.05, 20), 1e-6);
        Assert.Equal(20, TemperatureFit.Find([wrong], 0.05, 20), 1e-6);

        // Probabilities that single precision rounded to 0 and 1.
        Assert.Equal(20, TemperatureFit.Find([new(new float[] { 0, 1 }, 1, 0, 1)], 0.05, 20), 1e-6);
    }

    [Fact]
    public void Calibration_error_is_that_of_an_example_by_hand()
    {
        // 0.6–0.7: 0.65 said, 1 of 2 true. 0.8–0.9: 0.82 said, 3 of 3 true. 0.9–1: 0.975 said, 3 of 4 true; 1 is in the last bin.
        (double, bool, double)[] pixels =
        [
            (0.62, true, 1), (0.68, false, 1),
            (0.80, true, 1), (0.82, true, 1), (0.84, true, 1),
            (0.95, true, 1), (0.97, false, 1), (0.98, true, 1), (1.00, true, 1),
        ];

        Assert.Equal(((2 * 0.15) + (3 * 0.18) + (4 * 0.225)) / 9, CalibrationError.Compute(pixels), 1e-12);
        Assert.Equal(double.NaN, CalibrationError.Compute([]));
    }

    [Fact]
    public void Scaled_probability_is_the_softmax_of_divided_logits()
    {
        double[] logits = [1.2, -0.7, 3.1, 0];
        float[] probabilities = Softmax(logits, 1);

        Assert.Equal(Softmax(logits, 2.5)[2], TemperatureScaling.Scale(probabilities, 2, 2.5), 1e-6);
        Assert.Equal(Softmax(logits, 0.4)[1], TemperatureScaling.Scale(probabilities, 1, 0.4), 1e-6);
        Assert.Equal(probabilities[3], TemperatureScaling.Scale(probabilities, 3, 1), 1e-6);
    }

    // The truth is drawn with the probabilities of the logits; the network says those of the logits times the temperature.
    private static ScoredPixel[] Pixels(double temperature, int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double[] logits = [.. Enumerable.Range(0, 4).Select(_ => 3 * (random.NextDouble() - 0.5))];
            float[] said = Softmax(logits, 1 / temperature);
            float[] real = Softmax(logits, 1);
            double drawn = random.NextDouble();
            byte truth = 0;
            for (double sum = real[0]; truth < 3 && drawn > sum; sum += real[truth])
            {
                truth++;
            }

            return new ScoredPixel(said, (byte)Array.IndexOf(said, said.Max()), truth, 1);
        })];
    }

    private static float[] Softmax(double[] logits, double temperature)
    {
        double[] powers = Array.ConvertAll(logits, z => Math.Exp(z / temperature));
        return Array.ConvertAll(powers, p => (float)(p / powers.Sum()));
    }
}
