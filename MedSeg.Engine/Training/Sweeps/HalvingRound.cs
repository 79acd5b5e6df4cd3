namespace MedSeg.Training.Sweeps;

/// <summary>A round of successive halving.</summary>
/// <param name="Number">The number of the round, from 1.</param>
/// <param name="Count">The number of rounds.</param>
/// <param name="Epochs">The epoch to which the runs of the round train.</param>
/// <param name="Runs">The largest number of runs in the round.</param>
public sealed record HalvingRound(int Number, int Count, int Epochs, int Runs)
{
    /// <summary>Plans the rounds.</summary>
    /// <param name="runs">The number of runs, at least one.</param>
    /// <param name="epochs">The number of epochs of a whole run.</param>
    /// <param name="interval">The epochs from one validation to the next: a round ends with a validation.</param>
    /// <param name="halving">The factor and the epochs of the first round.</param>
    /// <returns>The rounds; the last one has all epochs.</returns>
    internal static IReadOnlyList<HalvingRound> Plan(int runs, int epochs, int interval, HalvingOptions halving)
    {
        double first = halving.FirstEpochs > 0 ? halving.FirstEpochs : epochs / Math.Pow(halving.Factor, Drops(runs, halving.Factor));
        var rounds = new List<(int Epochs, int Runs)>();
        for (double end = first; runs > 1 && RoundUp(end, interval) < epochs; end *= halving.Factor, runs = Math.Max(1, runs / halving.Factor))
        {
            rounds.Add((RoundUp(end, interval), runs));
        }

        rounds.Add((epochs, runs));
        return [.. rounds.Select((round, i) => new HalvingRound(i + 1, rounds.Count, round.Epochs, round.Runs))];
    }

    // A tiny excess of a quotient must not add an interval.
    private static int RoundUp(double epochs, int interval) => (int)Math.Min(int.MaxValue, Math.Ceiling((epochs / interval) - 1e-9) * interval);

    private static int Drops(int runs, int factor)
    {
        int drops = 0;
        for (; runs >= factor; runs /= factor)
        {
            drops++;
        }

        return drops;
    }
}
