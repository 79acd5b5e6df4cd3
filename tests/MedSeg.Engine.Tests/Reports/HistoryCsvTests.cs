using System.Globalization;
using System.Text;
using MedSeg.Reports;
using MedSeg.Training;

namespace MedSeg.Tests.Reports;

public class HistoryCsvTests
{
    private static readonly EpochRecord s_plain = new()
    {
        Epoch = 1,
        Epochs = 2,
        Loss = 1.9,
        Dice = 0.1 + 0.2,
        LearningRate = 1e-4,
        SlicesPerSecond = 12.5,
        Seconds = 3.25,
        PeakMemory = 1_610_612_736,
        Device = "cpu",
    };

    [Fact]
    public void An_epoch_without_validation_has_empty_cells()
    {
        Assert.Equal(
            "Epoch,Loss,Dice,ValidationDice,LearningRate,SlicesPerSecond,Seconds,PeakMemoryMB,CheckpointPath\r\n" +
            "1,1.9,0.30000000000000004,,0.0001,12.5,3.25,1536,\r\n",
            Write([s_plain]));
    }

    [Fact]
    public void Memory_that_is_not_known_is_an_empty_cell() =>
        Assert.EndsWith(",12.5,3.25,,\r\n", Write([s_plain with { PeakMemory = null }]), StringComparison.Ordinal);

    [Fact]
    public void Each_ROI_has_a_column_in_order_of_first_appearance()
    {
        EpochRecord first = s_plain with { ValidationDice = 0.5, ValidationDiceByRoi = [new("Liver", 0.5, 3)] };
        EpochRecord second = s_plain with
        {
            Epoch = 2,
            ValidationDice = 0.75,
            ValidationDiceByRoi = [new("Aorta", 0.125, 3), new("Liver", double.NaN, 0)],
            CheckpointPath = "/data/run 1/model.safetensors",
        };

        Assert.Equal(
            "Epoch,Loss,Dice,ValidationDice,ValidationDice Liver,ValidationDice Aorta,LearningRate,SlicesPerSecond,Seconds,PeakMemoryMB,CheckpointPath\r\n" +
            "1,1.9,0.30000000000000004,0.5,0.5,,0.0001,12.5,3.25,1536,\r\n" +
            "2,1.9,0.30000000000000004,0.75,,0.125,0.0001,12.5,3.25,1536,model.safetensors\r\n",
            Write([first, second]));
    }

    [Fact]
    public void Commas_quotes_and_line_breaks_are_quoted()
    {
        EpochRecord record = s_plain with
        {
            ValidationDice = 1,
            ValidationDiceByRoi = [new("Psoas, \"left\"", 1, 1)],
            CheckpointPath = "a\nb",
        };

        Assert.Equal(
            "Epoch,Loss,Dice,ValidationDice,\"ValidationDice Psoas, \"\"left\"\"\",LearningRate,SlicesPerSecond,Seconds,PeakMemoryMB,CheckpointPath\r\n" +
            "1,1.9,0.30000000000000004,1,1,0.0001,12.5,3.25,1536,\"a\nb\"\r\n",
            Write([record]));
    }

    [Fact]
    public void The_culture_changes_nothing()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Contains("\r\n1,1.9,0.30000000000000004,,0.0001,", Write([s_plain]), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Names_are_UTF8_without_a_byte_order_mark()
    {
        using var stream = new MemoryStream();
        HistoryCsv.Write(stream, [s_plain with { ValidationDice = 1, ValidationDiceByRoi = [new("Füße", 1, 1)] }]);

        Assert.Equal((byte)'E', stream.ToArray()[0]);
        Assert.Contains("ValidationDice Füße", Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
    }

    private static string Write(IReadOnlyList<EpochRecord> records)
    {
        using var stream = new MemoryStream();
        HistoryCsv.Write(stream, records);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
