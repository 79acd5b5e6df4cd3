using MedSeg.Files;
using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>Writes the history of a training run as a CSV table with a header (RFC 4180, UTF-8, invariant culture).</summary>
public static class HistoryCsv
{
    private const double BytesPerMegabyte = 1024 * 1024;

    /// <summary>
    /// Writes one row per epoch: Epoch, Loss, Dice, ValidationDice, one column per ROI (<c>ValidationDice name</c>), LearningRate,
    /// SlicesPerSecond, Seconds, PeakMemoryMB (of 1024² bytes) and CheckpointPath, without its folder.
    /// </summary>
    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="records">
    /// The epochs. The ROI columns are in the order in which the ROIs first appear. Values that an epoch does not have, for example
    /// because it was not validated, are empty cells.
    /// </param>
    public static void Write(Stream stream, IReadOnlyList<EpochRecord> records)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(records);
        IReadOnlyList<string> rois = RoiNames.Of(records);

        using var writer = new CsvWriter(stream);
        writer.WriteRow(
        [
            "Epoch", "Loss", "Dice", "ValidationDice", .. rois.Select(name => $"ValidationDice {name}"),
            "LearningRate", "SlicesPerSecond", "Seconds", "PeakMemoryMB", "CheckpointPath",
        ]);
        foreach (EpochRecord record in records)
        {
            writer.WriteRow(
            [
                record.Epoch,
                record.Loss,
                record.Dice,
                record.ValidationDice,
                .. rois.Select(name => (object?)record.ValidationDiceByRoi?.FirstOrDefault(score => score.Name == name)?.Dice),
                record.LearningRate,
                record.SlicesPerSecond,
                record.Seconds,
                record.PeakMemory is { } bytes ? Math.Round(bytes / BytesPerMegabyte, 1) : null,
                record.CheckpointPath is { } path ? CheckpointPaths.NameOf(path) : null,
            ]);
        }
    }
}
