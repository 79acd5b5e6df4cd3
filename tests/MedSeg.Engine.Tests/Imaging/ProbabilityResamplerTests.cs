using MedSeg.Imaging;

namespace MedSeg.Tests.Imaging;

/// <summary>The way back to an image's own size.</summary>
public sealed class ProbabilityResamplerTests
{
    private const int Size = 64;

    [Theory]
    [InlineData(64, 64, ResizeMode.Stretch)]
    [InlineData(200, 200, ResizeMode.Stretch)]
    [InlineData(160, 96, ResizeMode.Pad)]
    [InlineData(96, 160, ResizeMode.Pad)]
    [InlineData(150, 230, ResizeMode.Stretch)]
    [InlineData(40, 32, ResizeMode.Pad)]
    public void Shape_comes_back_where_it_was_with_its_area(int rows, int columns, ResizeMode mode)
    {
        byte[] truth = new byte[rows * columns];
        float[] picture = new float[rows * columns];
        for (int i = 0; i < truth.Length; i++)
        {
            double y = ((i / columns) + 0.5 - (0.4 * rows)) / (0.3 * rows);
            double x = ((i % columns) + 0.5 - (0.6 * columns)) / (0.2 * columns);
            truth[i] = (x * x) + (y * y) <= 1 ? (byte)1 : (byte)0;
            picture[i] = truth[i];
        }

        float[] roi = ImageResizer.ResizeImage(picture, ResizeGeometry.Of(rows, columns, Size, mode));
        float[] probabilities = [.. roi.Select(p => 1 - p), .. roi];
        byte[] mask = new byte[rows * columns];
        float[] confidence = new float[rows * columns];
        ProbabilityResampler.Restore(probabilities, 2, ResizeGeometry.Of(rows, columns, Size, mode), LabelResampling.Area, mask, confidence);

        int both = mask.Zip(truth).Count(p => p.First == 1 && p.Second == 1);
        int sum = mask.Count(v => v == 1) + truth.Count(v => v == 1);
        Assert.True(2.0 * both / sum > 0.97, $"Dice {2.0 * both / sum}");
        Assert.InRange(mask.Count(v => v == 1) / (double)truth.Count(v => v == 1), 0.98, 1.02);
        Assert.All(confidence, value => Assert.InRange(value, 0.5f - 1e-5f, 1 + 1e-5f));
    }

    [Fact]
    public void Probabilities_are_resampled_before_the_greatest_is_taken()
    {
        // Between a column of ROI 1 and one of ROI 2, background is the most likely halfway if it is everywhere 0.4.
        float[] probabilities = [0.4f, 0.4f, 0.4f, 0.4f, 0.6f, 0, 0.6f, 0, 0, 0.6f, 0, 0.6f];
        byte[] mask = new byte[2 * 8];

        ProbabilityResampler.Restore(probabilities, 3, ResizeGeometry.Of(2, 8, 2, ResizeMode.Stretch), LabelResampling.Area, mask, new float[16]);

        Assert.Equal([1, 1, 1, 0, 0, 2, 2, 2], mask[..8].Select(v => (int)v));
    }

    [Fact]
    public void At_the_network_s_own_size_the_greatest_is_taken_of_each_pixel()
    {
        float[] probabilities = [0.5f, 0.2f, 0.1f, 0.4f, 0.3f, 0.7f, 0.1f, 0.3f, 0.2f, 0.1f, 0.8f, 0.3f];
        byte[] mask = new byte[4];
        float[] confidence = new float[4];

        ProbabilityResampler.Restore(probabilities, 3, ResizeGeometry.Of(2, 2, 2, ResizeMode.Stretch), LabelResampling.Area, mask, confidence);

        Assert.Equal([0, 1, 2, 0], mask.Select(v => (int)v));
        Assert.Equal([0.5f, 0.7f, 0.8f, 0.4f], confidence);
    }
}
