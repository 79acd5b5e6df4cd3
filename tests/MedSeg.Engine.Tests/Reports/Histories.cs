using MedSeg.Network.Losses;
using MedSeg.Training;

namespace MedSeg.Tests.Reports;

/// <summary>Made-up histories.</summary>
internal static class Histories
{
    public static readonly string[] Muscles = ["Left psoas", "Right psoas", "Left multifidus", "Right erector spinae"];

    /// <summary>Learning curves that rise with the epoch; each ROI is 0.1 below the one before.</summary>
    public static IReadOnlyList<EpochRecord> Rising(int epochs, int validateEvery, params string[] rois) =>
        [.. Enumerable.Range(1, epochs).Select(epoch => Record(epoch, epochs, epoch % validateEvery == 0, rois))];

    public static EpochRecord Record(int epoch, int epochs, bool validate, params string[] rois)
    {
        double dice = 0.9 * (1 - Math.Exp(-epoch / 12.0));
        RoiScore[]? scores = validate ? [.. rois.Select((name, i) => new RoiScore(name, Math.Max(0, dice - 0.04 - (0.1 * i)), 10))] : null;
        return new EpochRecord
        {
            Epoch = epoch,
            Epochs = epochs,
            Loss = 2 - (2 * dice),
            Dice = dice,
            ValidationDice = scores is null or [] ? null : scores.Average(score => score.Dice),
            ValidationDiceByRoi = scores,
            LearningRate = 1e-4,
            SlicesPerSecond = 30,
            Seconds = 4,
            PeakMemory = 1L << 30,
            Device = "cpu",
            LossFunction = LossFunction.Dice,
        };
    }
}
