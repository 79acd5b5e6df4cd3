using System.Globalization;
using System.Text;
using MedSeg.Training;

namespace MedSeg.Reports;

/// <summary>Writes the history of a training run as a table.</summary>
/// <remarks>
/// RFC 4180 with a header line: UTF-8 without a byte order mark, commas, CRLF, quotes only where a cell needs them.
/// Numbers are written in the invariant culture with all the digits that give the same value when read again.
/// </remarks>
public static class HistoryCsv
{
    private const double BytesPerMegabyte = 1024 * 1024;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// Writes one line an epoch: Epoch, Loss, Dice, ValidationDice, one column an ROI (<c>ValidationDice name</c>),
    /// LearningRate, SlicesPerSecond, Seconds, PeakMemoryMB (of 1024² bytes), CheckpointPath.
    /// </summary>
    /// <param name="stream">Where to write; stays open.</param>
    /// <param name="records">
    /// The epochs. The ROIs are those of any epoch, in the order in which they first appear. What an epoch does not
    /// have, as one that was not validated, is an empty cell.
    /// </param>
    public static void Write(Stream stream, IReadOnlyList<EpochRecord> records)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(records);
        IReadOnlyList<string> rois = RoiNames.Of(records);

        using var writer = new StreamWriter(stream, s_utf8, leaveOpen: true) { NewLine = "\r\n" };
        WriteLine(
            writer,
            [
                "Epoch", "Loss", "Dice", "ValidationDice", .. rois.Select(name => $"ValidationDice {name}"),
                "LearningRate", "SlicesPerSecond", "Seconds", "PeakMemoryMB", "CheckpointPath",
            ]);
        foreach (EpochRecord record in records)
        {
            WriteLine(
                writer,
                [
                    record.Epoch.ToString(CultureInfo.InvariantCulture),
                    Number(record.Loss),
                    Number(record.Dice),
                    Number(record.ValidationDice),
                    .. rois.Select(name => Number(record.ValidationDiceByRoi?.FirstOrDefault(score => score.Name == name)?.Dice)),
                    Number(record.LearningRate),
                    Number(record.SlicesPerSecond),
                    Number(record.Seconds),
                    Number(record.PeakMemory is { } bytes ? Math.Round(bytes / BytesPerMegabyte, 1) : null),
                    record.CheckpointPath ?? string.Empty,
                ]);
        }
    }

    private static string Number(double? value) =>
        value is double number && !double.IsNaN(number) ? number.ToString("R", CultureInfo.InvariantCulture) : string.Empty;

    private static void WriteLine(TextWriter writer, IEnumerable<string> cells) =>
        writer.WriteLine(string.Join(',', cells.Select(Quote)));

    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
