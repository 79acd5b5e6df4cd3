using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Threading;
using MedSeg.Training.Runs;

namespace MedSeg.Training.Sweeps;

/// <summary>The table of the decisions of successive halving, which is written again after each round.</summary>
internal static class HalvingTable
{
    /// <summary>Gets the path of the table.</summary>
    /// <param name="run">Where the sweep writes.</param>
    public static string PathOf(RunOptions run) => Path.Combine(run.OutputPath, run.ModelName + "-halving.csv");

    /// <summary>Writes the table (RFC 4180, UTF-8, invariant culture).</summary>
    /// <param name="run">Where the sweep writes.</param>
    /// <param name="decisions">The decisions of all rounds so far.</param>
    /// <param name="events">Receives a warning where another program has the table open; or null.</param>
    /// <exception cref="MedSegException">The file cannot be written (<c>WriteFailed</c>).</exception>
    public static void Write(RunOptions run, IReadOnlyList<HalvingDecision> decisions, EngineEvents? events) => AtomicFile.WriteOrNumber(PathOf(run), stream => Write(stream, decisions), events);

    private static void Write(Stream stream, IReadOnlyList<HalvingDecision> decisions)
    {
        using var writer = new CsvWriter(stream);
        writer.WriteRow(["Round", "Epochs", "Rank", "Run", "ValidationDice", "Kept", "Reason"]);
        foreach (HalvingDecision decision in decisions)
        {
            writer.WriteRow([decision.Round.Number, decision.Round.Epochs, decision.Rank, decision.Name, decision.ValidationDice, decision.IsKept ? "yes" : "no", decision.Reason]);
        }
    }
}
