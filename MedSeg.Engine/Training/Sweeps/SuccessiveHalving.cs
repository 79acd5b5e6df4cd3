using System.Globalization;
using MedSeg.Errors;
using MedSeg.Options;
using MedSeg.Threading;
using MedSeg.Training.Runs;

namespace MedSeg.Training.Sweeps;

/// <summary>
/// Successive halving of a sweep (Jamieson and Talwalkar 2016): each round trains all remaining runs to an epoch by resuming them, and the best of
/// them by validation Dice train on. What is decided depends on the histories of the runs alone, so a sweep that resumes decides the same.
/// </summary>
public sealed class SuccessiveHalving
{
    private readonly Sweep _sweep;
    private readonly RunOptions _run;
    private readonly IReadOnlyList<SweepPoint> _points;
    private readonly int _factor;

    internal SuccessiveHalving(Sweep sweep, IReadOnlyList<SweepPoint> points, RunOptions run, HalvingOptions halving)
    {
        ArgumentNullException.ThrowIfNull(halving);
        OptionRanges.Require(halving);
        (_sweep, _points, _run, _factor) = (sweep, points, run, halving.Factor);
        int epochs = SameOf(options => options.Epochs, nameof(TrainingOptions.Epochs));
        int interval = SameOf(options => options.ReportInterval, nameof(TrainingOptions.ReportInterval));
        if (halving.FirstEpochs >= epochs)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SweepInvalid, $"The first round would have {halving.FirstEpochs} epochs, but a whole run has {epochs}, so no run could be dropped.")
            {
                Advice = "Give fewer -HalvingEpochs, or more -Epochs.",
            };
        }

        Rounds = HalvingRound.Plan(points.Count, epochs, interval, halving);
    }

    /// <summary>Gets the rounds.</summary>
    public IReadOnlyList<HalvingRound> Rounds { get; }

    /// <summary>Trains the rounds. After each of them, the table <c>ModelName-halving.csv</c> says which runs train on and why the others do not.</summary>
    /// <param name="begin">Called before each run of each round, with its number in the round, from 0, and the number of runs; or null.</param>
    /// <param name="events">As of <see cref="Sweep.Run"/>; the epochs of the progress are those of the round.</param>
    /// <param name="cancellationToken">Stops the run after the step; its checkpoint is saved.</param>
    /// <returns>The results: first the runs that were dropped, in the order of the rounds, and at the end those that finished, best first.</returns>
    /// <exception cref="MedSegException">A run cannot start, or the table cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IEnumerable<SweepRun> Run(Action<SweepPoint, HalvingRound, int, int>? begin = null, EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        SweepPoint[] remaining = [.. _points];
        var decisions = new List<HalvingDecision>();
        foreach (HalvingRound round in Rounds.Where(_ => remaining.Length > 0))
        {
            var results = new List<SweepRun>();
            foreach (SweepPoint point in remaining)
            {
                begin?.Invoke(point, round, results.Count, remaining.Length);
                results.Add(_sweep.Train(point, Start(point, round), round.Epochs, WithEpochs(events, round.Epochs), cancellationToken));
            }

            HalvingDecision[] decided = Decide(round, results);
            decisions.AddRange(decided);
            HalvingTable.Write(_run, decisions, events);
            var byName = results.ToDictionary(result => result.Name, StringComparer.Ordinal);
            foreach (HalvingDecision decision in decided)
            {
                events?.Decision?.Invoke(string.Create(CultureInfo.InvariantCulture, $"Round {round.Number} of {round.Count}, epoch {round.Epochs}: {decision.Name} {decision.Reason}."));
                if (!decision.IsKept || round.Number == round.Count)
                {
                    yield return Result(byName[decision.Name], decision);
                }
            }

            remaining = [.. decided.Where(decision => decision.IsKept).Select(decision => remaining.Single(point => point.Name == decision.Name))];
        }
    }

    private int SameOf(Func<TrainingOptions, int> option, string name)
    {
        int[] values = [.. _points.Select(point => option(point.Options)).Distinct()];
        return values.Length == 1 ? values[0] : throw new MedSegException(
            ErrorKind.InvalidArgument, ErrorIds.SweepInvalid, $"Successive halving compares runs at the same epochs, but their {name} are {string.Join(", ", values.Order())}.")
        {
            Advice = $"Give -{name} for all runs together.",
        };
    }

    // Only the first round may replace what is there; later ones continue it.
    private RunOptions Start(SweepPoint point, HalvingRound round)
    {
        RunOptions run = Sweep.RunOf(_run, point);
        return round.Number == 1 ? run : run with { Resume = true, Force = false };
    }

    private HalvingDecision[] Decide(HalvingRound round, List<SweepRun> results)
    {
        // Sorting keeps the order of runs with the same Dice.
        SweepRun[] ranked = [.. results.OrderByDescending(result => result.ValidationDice ?? double.NegativeInfinity)];
        int kept = round.Number == round.Count ? ranked.Length : Math.Min(Math.Max(1, results.Count / _factor), ranked.Count(result => result.Error is null));
        return
        [
            .. ranked.Select((result, i) => new HalvingDecision
            {
                Round = round,
                Name = result.Name,
                Rank = i + 1,
                Runs = ranked.Length,
                Kept = kept,
                ValidationDice = result.ValidationDice,
                LowestKept = kept > 0 ? ranked[kept - 1].ValidationDice : null,
                Error = result.Error,
            }),
        ];
    }

    private static SweepRun Result(SweepRun run, HalvingDecision decision) => decision.IsKept || run.State == RunState.Failed
        ? run with { Round = decision.Round.Number, Decision = decision.Reason }
        : run with { Round = decision.Round.Number, Decision = decision.Reason, State = RunState.Dropped, ModelPath = null };

    private static EngineEvents? WithEpochs(EngineEvents? events, int epochs) => events?.Progress is { } progress
        ? events with { Progress = p => progress(new TrainingProgress(((TrainingProgress)p).Epoch, epochs, ((TrainingProgress)p).Step, ((TrainingProgress)p).Steps)) }
        : events;
}
