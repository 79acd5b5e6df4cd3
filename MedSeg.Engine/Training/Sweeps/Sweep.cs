using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Threading;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;

namespace MedSeg.Training.Sweeps;

/// <summary>Trains with several sets of options, each in a folder of its own, and scores the models on the same validation slices.</summary>
public sealed class Sweep
{
    /// <summary>The ratio of the ends of a range from which on the order of magnitude matters, as for learning rates: values are drawn and shown on a logarithmic scale.</summary>
    public const double LogarithmicRatio = 10;

    // Runs with different values of these would be scored on different patients.
    private static readonly string[] s_splitOptions =
        [nameof(TrainingOptions.ValidationFraction), nameof(TrainingOptions.Folds), nameof(TrainingOptions.Fold), nameof(TrainingOptions.FoldPath), nameof(TrainingOptions.GroupBy)];

    private readonly Dataset _dataset;
    private readonly RunOptions _run;
    private readonly Dataset? _validation;
    private readonly IReadOnlyList<SweepPoint> _points;

    /// <summary>Checks all runs before the first of them trains.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="points">The options of each run.</param>
    /// <param name="run">Where to write and how to start; each run has a subfolder.</param>
    /// <param name="validation">Samples to validate on, in place of a share of <paramref name="dataset"/>; or null.</param>
    /// <exception cref="MedSegException">
    /// An option is out of range, two runs are the same or would be scored on different slices (<c>SweepInvalid</c>), no slices are held out
    /// (<c>OptionMissing</c>), or a model exists already (<c>ModelExists</c>).
    /// </exception>
    public Sweep(Dataset dataset, IReadOnlyList<SweepPoint> points, RunOptions run, Dataset? validation = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(run);
        (_dataset, _points, _run, _validation) = (dataset, points, run, validation);
        RequireDifferent(points);
        foreach (SweepPoint point in points)
        {
            RequireSameSlices(point);
            _ = new Trainer(dataset, point.Options, RunOf(run, point), validation);
            RequireValidation(point.Options);
            if (!run.Resume)
            {
                Trainer.RefuseToOverwrite(RunOf(run, point));
            }
        }
    }

    /// <summary>Says where a run writes: in a subfolder with its name.</summary>
    /// <param name="run">Where the sweep writes.</param>
    /// <param name="point">The options of the run.</param>
    public static RunOptions RunOf(RunOptions run, SweepPoint point)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(point);
        return run with { OutputPath = Path.Combine(run.OutputPath, point.Name) };
    }

    /// <summary>
    /// Trains one of the runs. With <see cref="RunOptions.Resume"/>, a finished run is not trained again and an interrupted one resumes. A run
    /// whose loss becomes NaN or infinite, or that does not fit into memory, is a failed result and an error event, because the others may succeed.
    /// </summary>
    /// <param name="point">The options of the run.</param>
    /// <param name="events">Receives decisions, warnings, the error of a failed run and the progress of each step (<see cref="TrainingProgress"/>), or null.</param>
    /// <param name="cancellationToken">Stops the run after the step; its checkpoint is saved.</param>
    /// <returns>The result.</returns>
    /// <exception cref="MedSegException">The run cannot start, or failed for another reason.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public SweepRun Run(SweepPoint point, EngineEvents? events = null, CancellationToken cancellationToken = default) =>
        Train(point, RunOf(_run, point), point.Options.Epochs, events, cancellationToken);

    /// <summary>Returns the results of runs that other processes trained, and trains nothing.</summary>
    /// <param name="points">The runs.</param>
    /// <param name="events">Receives an error where runs are not finished (<c>RunsUnfinished</c>), or null.</param>
    /// <returns>The results of the runs that are finished.</returns>
    /// <exception cref="MedSegException">A run was trained with other options or data.</exception>
    public IReadOnlyList<SweepRun> Collect(IReadOnlyList<SweepPoint> points, EngineEvents? events = null)
    {
        ArgumentNullException.ThrowIfNull(points);
        (SweepPoint Point, RunOptions Run, Checkpoint? State)[] found =
            [.. points.Select(point => (point, run: RunOf(_run, point) with { Resume = true, Force = false })).Select(pair => (pair.point, pair.run, new Trainer(_dataset, pair.point.Options, pair.run, _validation).FindFinished()))];
        RunOptions[] missing = [.. found.Where(run => run.State is null).Select(run => run.Run)];
        if (missing.Length > 0)
        {
            events?.Error?.Invoke(RunControl.Unfinished(missing, found.Length, "runs"));
        }

        return [.. found.Where(run => run.State is not null).Select(run => ResultOf(run.Point, run.Run, run.State!, run.Point.Options.Epochs))];
    }

    /// <summary>Trains one of the runs to an epoch. A run that has trained so far already is not trained further.</summary>
    /// <param name="point">The options of the run.</param>
    /// <param name="run">Where it writes and how it starts.</param>
    /// <param name="epoch">The epoch. Before the last one, the run pauses with a checkpoint.</param>
    /// <param name="events">As of <see cref="Run"/>.</param>
    /// <param name="cancellationToken">Stops the run after the step.</param>
    /// <returns>The result at that epoch.</returns>
    internal SweepRun Train(SweepPoint point, RunOptions run, int epoch, EngineEvents? events, CancellationToken cancellationToken)
    {
        var trainer = new Trainer(_dataset, point.Options, run, _validation);
        if (trainer.FindFinished() is { } finished)
        {
            events?.Decision?.Invoke($"{point.Name} is trained already: {run.ModelPath}.");
            return ResultOf(point, run, finished, epoch);
        }

        bool isPart = epoch < point.Options.Epochs;
        if (isPart && trainer.FindReached(epoch) is { } reached)
        {
            events?.Decision?.Invoke(FormattableString.Invariant($"{point.Name} is trained to epoch {epoch} already: {run.CheckpointPath}."));
            return ResultOf(point, run, reached, epoch);
        }

        try
        {
            foreach (EpochRecord record in trainer.Run(events, cancellationToken))
            {
                if (record.ValidationDice is { } dice)
                {
                    events?.Decision?.Invoke(FormattableString.Invariant($"{point.Name}, epoch {record.Epoch}: validation Dice {dice:0.0000}."));
                }

                // A run whose caller stops enumerating saves a checkpoint.
                if (isPart && record.ModelPath is null && record.Epoch >= epoch)
                {
                    break;
                }
            }
        }
        catch (MedSegException e) when (e.ErrorId is ErrorIds.LossNotFinite or ErrorIds.OutOfMemory)
        {
            events?.Error?.Invoke(e);
            return new SweepRun { Name = point.Name, Options = point.Values, State = RunState.Failed, Epochs = point.Options.Epochs, Error = e.Finding, OutputPath = run.OutputPath };
        }

        cancellationToken.ThrowIfCancellationRequested();
        return trainer.IsStopRequested
            ? throw new OperationCanceledException($"Another process asked the run {point.Name} to stop.")
            : ResultOf(point, run, Read(run), epoch);
    }

    // The checkpoints of a run that paused are newer than a model that it is to replace.
    private static Checkpoint Read(RunOptions run)
    {
        var store = new CheckpointStore(run);
        return File.Exists(run.ModelPath) && Checkpoint.Read(run.ModelPath).State is var model && !store.IsNewerThan(model) ? model : store.FindNewest(warn: null)!.Value.State;
    }

    // The last validated record belongs to the model: with early stopping its history ends at the best epoch.
    private static SweepRun ResultOf(SweepPoint point, RunOptions run, Checkpoint state, int epoch)
    {
        EpochRecord[] history = [.. state.History.Where(record => record.Epoch <= epoch)];
        IEnumerable<EpochRecord> validated = history.Where(record => record.ValidationDiceByRoi is not null);
        EpochRecord last = point.Options.Patience > 0 ? validated.MaxBy(record => record.ValidationDice)! : validated.Last();
        return new SweepRun
        {
            Name = point.Name,
            Options = point.Values,
            State = RunState.Finished,
            ValidationDice = last.ValidationDice,
            ValidationDiceByRoi = last.ValidationDiceByRoi!,
            Epoch = last.Epoch,
            Epochs = point.Options.Epochs,
            Seconds = history.Sum(record => record.Seconds),
            OutputPath = run.OutputPath,
            ModelPath = run.ModelPath,
        };
    }

    /// <summary>Plans successive halving of the runs.</summary>
    /// <param name="halving">The factor and the epochs of the first round.</param>
    /// <param name="points">The runs that take part; null for all.</param>
    /// <returns>The rounds, which <see cref="SuccessiveHalving.Run"/> trains.</returns>
    /// <exception cref="MedSegException">An option is out of range, or the runs differ in epochs or validations, so that they could not be compared (<c>SweepInvalid</c>).</exception>
    public SuccessiveHalving Halve(HalvingOptions halving, IReadOnlyList<SweepPoint>? points = null) => new(this, points ?? _points, _run, halving);

    private static void RequireDifferent(IReadOnlyList<SweepPoint> points)
    {
        if (points.Count == 0 || points.Any(point => point.Values.Count == 0))
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SweepInvalid, "A sweep needs at least one run, and each run at least one option.")
            {
                Advice = "Give options with their values, for example @{ LearningRate = 0.001, 0.002 }.",
            };
        }

        if (points.GroupBy(point => point.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SweepInvalid, $"The sweep has {same.Count()} runs with the options {same.Key}.")
            {
                Advice = "Give each value once.",
            };
        }
    }

    private void RequireSameSlices(SweepPoint point)
    {
        bool isDrawnBySeed = _validation is null && point.Options.FoldPath is null;
        if (point.Values.Keys.FirstOrDefault(name => s_splitOptions.Contains(name, StringComparer.OrdinalIgnoreCase) || (isDrawnBySeed && name.Equals(nameof(TrainingOptions.Seed), StringComparison.OrdinalIgnoreCase))) is { } option)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SweepInvalid, $"Runs with another {option} hold out other patients, so their validation Dice cannot be compared.")
            {
                Advice = option.Equals(nameof(TrainingOptions.Seed), StringComparison.OrdinalIgnoreCase)
                    ? "Give a -ValidationDataset or a -FoldPath to compare seeds on the same patients."
                    : $"Give -{option} for all runs together.",
            };
        }
    }

    private void RequireValidation(TrainingOptions options)
    {
        if (_validation is null && PatientSplit.Create(_dataset, options.Split).Validation.Count == 0)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionMissing, "A sweep compares its runs by their validation Dice, but no patient is held out.")
            {
                Advice = "Give -ValidationFraction, -Folds or -ValidationDataset, too.",
            };
        }
    }
}
