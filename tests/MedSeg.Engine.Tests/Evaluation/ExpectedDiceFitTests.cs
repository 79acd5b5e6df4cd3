using MedSeg.Evaluation;
using MedSeg.Models;

namespace MedSeg.Tests.Evaluation;

/// <summary>The line from confidence to Dice.</summary>
public sealed class ExpectedDiceFitTests
{
    [Fact]
    public void Planted_lines_are_found_again()
    {
        var random = new Random(3);
        (int, double, double)[] masks = [.. Enumerable.Range(0, 600).Select(i =>
        {
            int roi = 1 + (i % 2);
            double confidence = 0.5 + (0.5 * random.NextDouble());
            return (roi, confidence, (roi == 1 ? 0.1 : 0.3) + (0.6 * confidence) + (0.02 * (random.NextDouble() - 0.5)));
        })];

        (double slope, double[] intercepts) = ExpectedDiceFit.Find(masks, 2);

        Assert.Equal(0.6, slope, 0.01);
        Assert.Equal(0.1, intercepts[0], 0.01);
        Assert.Equal(0.3, intercepts[1], 0.01);
    }

    [Fact]
    public void ROI_without_masks_has_the_line_of_all_and_few_masks_give_their_mean()
    {
        (double none, double[] zero) = ExpectedDiceFit.Find([], 2);
        (double slope, double[] intercepts) = ExpectedDiceFit.Find([(1, 0.5, 0.7), (1, 0.9, 0.9)], 2);

        Assert.Equal((0, 0, 0), (none, zero[0], zero[1]));
        Assert.Equal((0, 0.8, 0.8), (slope, Math.Round(intercepts[0], 12), Math.Round(intercepts[1], 12)));
    }

    [Fact]
    public void Dice_that_falls_with_the_confidence_has_no_slope()
    {
        (double slope, double[] intercepts) = ExpectedDiceFit.Find([.. Enumerable.Range(0, 20).Select(i => (1, 0.5 + (i / 40.0), 0.9 - (i / 40.0)))], 1);

        Assert.Equal(0, slope);
        Assert.Equal(0.6625, intercepts[0], 1e-12);
    }

    [Fact]
    public void Expected_Dice_stays_between_0_and_1_and_a_missing_ROI_has_none()
    {
        var calibration = new ConfidenceCalibration { Temperature = 1, ErrorBefore = 0, ErrorAfter = 0, DiceSlope = 2, DiceIntercepts = [-0.9, 0.2] };

        Assert.Equal(0.7, calibration.ExpectedDice(1, 0.8)!.Value, 1e-12);
        Assert.Equal(0, calibration.ExpectedDice(1, 0.1));
        Assert.Equal(1, calibration.ExpectedDice(2, 0.8));
        Assert.Null(calibration.ExpectedDice(1, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => calibration.ExpectedDice(3, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => calibration.ExpectedDice(0, 0.5));
    }
}
