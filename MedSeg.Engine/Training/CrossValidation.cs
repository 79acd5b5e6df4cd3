using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Threading;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;

namespace MedSeg.Training;

/// <summary>Trains a model for each fold on the patients of the other folds, and scores it on the patients held out.</summary>
public sealed class CrossValidation
{
    private readonly Dataset _dataset;
    private readonly TrainingOptions _options;
    private readonly RunOptions _run;

    /// <summary>Initializes a new instance of the <see cref="CrossValidation"/> class.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="options">
    /// How to train each fold. <see cref="TrainingOptions.Folds"/> or <see cref="TrainingOptions.FoldPath"/> defines the folds;
    /// <see cref="TrainingOptions.Fold"/> is not used.
    /// </param>
    /// <param name="run">Where to write and how to start; -fold1 and so on follow the model's name.</param>
    /// <exception cref="MedSegException">An option is out of range, there are fewer than two folds, or their file cannot be used.</exception>
    public CrossValidation(Dataset dataset, TrainingOptions options, RunOptions run)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(run);
        _dataset = dataset;
        _options = options;
        _run = run;
        if (options.FoldPath is null && options.Folds is 0 or 1)
        {
            throw TooFewFolds(options.Folds);
        }

        OptionsOf(fold: 1).Validate();
        run.Validate();
        Folds = PatientSplit.FoldsOf(dataset, options.Split);
        if (Folds.Count < 2)
        {
            throw TooFewFolds(Folds.Count);
        }
    }

    /// <summary>Gets the numbers of the folds, in order.</summary>
    public IReadOnlyList<int> Folds { get; }

    /// <summary>
    /// Trains the folds one after the other. With <see cref="RunOptions.Resume"/>, finished folds are not trained again and an
    /// interrupted one resumes.
    /// </summary>
    /// <param name="events">Receives decisions, warnings and the progress of each step (<see cref="TrainingProgress"/>, with its fold), or null.</param>
    /// <param name="cancellationToken">Stops the fold's run after the step; its checkpoint is saved.</param>
    /// <returns>The scores of all folds.</returns>
    /// <exception cref="MedSegException">A fold cannot be made or its files exist already, which is checked before any is trained; or a run failed.</exception>
    /// <exception cref="OperationCanceledException">It was stopped, by the token or by another process (<see cref="RunControl"/>).</exception>
    public CrossValidationResult Run(EngineEvents? events = null, CancellationToken cancellationToken = default)
    {
        Check();
        var scores = new List<FoldScore>();
        foreach (int fold in Folds)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores.Add(Train(fold, events, cancellationToken));
        }

        return CrossValidationResult.Of(_run, _dataset.LabelNames, scores);
    }

    /// <summary>Returns the scores of folds that other processes trained, and trains nothing.</summary>
    /// <returns>The scores of all folds.</returns>
    /// <exception cref="MedSegException">A fold is not finished (<c>RunsUnfinished</c>), or was trained with other options or data.</exception>
    public CrossValidationResult Collect()
    {
        RunOptions[] runs = [.. Folds.Select(fold => RunOf(_run, fold) with { Resume = true, Force = false })];
        Checkpoint?[] finished = [.. Folds.Zip(runs, (fold, run) => new Trainer(_dataset, OptionsOf(fold), run).FindFinished())];
        RunOptions[] missing = [.. runs.Where((_, i) => finished[i] is null)];
        return missing.Length > 0
            ? throw RunControl.Unfinished(missing, runs.Length, "folds")
            : CrossValidationResult.Of(_run, _dataset.LabelNames, [.. Folds.Select((fold, i) => Score(fold, runs[i], finished[i]!))]);
    }

    /// <summary>Reports now what would stop a later fold in the middle of the night. <see cref="Run"/> does it, too.</summary>
    /// <exception cref="MedSegException">A fold cannot be made, or its files exist already.</exception>
    public void Check()
    {
        foreach (int fold in Folds)
        {
            _ = PatientSplit.Create(_dataset, OptionsOf(fold).Split);
            if (!_run.Resume)
            {
                Trainer.RefuseToOverwrite(RunOf(_run, fold));
            }
        }
    }

    private FoldScore Train(int fold, EngineEvents? events, CancellationToken cancellationToken)
    {
        RunOptions run = RunOf(_run, fold);
        var trainer = new Trainer(_dataset, OptionsOf(fold), run);
        if (trainer.FindFinished() is { } finished)
        {
            events?.Decision?.Invoke($"Fold {fold} is trained already: {run.ModelPath}.");
            return Score(fold, run, finished);
        }

        foreach (EpochRecord record in trainer.Run(WithFold(events, fold), cancellationToken))
        {
            if (record.ValidationDice is { } dice)
            {
                events?.Decision?.Invoke(FormattableString.Invariant($"Fold {fold}, epoch {record.Epoch}: held-out Dice {dice:0.0000}."));
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return trainer.IsStopRequested
            ? throw new OperationCanceledException($"Another process asked the run of fold {fold} to stop.")
            : Score(fold, run, Checkpoint.Read(run.ModelPath).State);
    }

    private static EngineEvents? WithFold(EngineEvents? events, int fold) => events?.Progress is { } progress
        ? events with { Progress = p => progress((TrainingProgress)p with { Fold = fold }) }
        : events;

    // The last validated record belongs to the model: with early stopping its history ends at the best epoch.
    private FoldScore Score(int fold, RunOptions run, Checkpoint state)
    {
        EpochRecord record = state.History.Last(r => r.ValidationDiceByRoi is not null);
        return new FoldScore
        {
            Fold = fold,
            Epoch = record.Epoch,
            Dice = record.ValidationDice!.Value,
            Rois = record.ValidationDiceByRoi!,
            TrainingSlices = state.TrainingSlices,
            ValidationSlices = state.ValidationSlices,
            HeldOut = PatientSplit.Create(_dataset, OptionsOf(fold).Split).Validation.Select(s => s.Name).ToArray(),
            ModelPath = run.ModelPath,
        };
    }

    private MedSegException TooFewFolds(int count) =>
        new(ErrorKind.InvalidArgument, ErrorIds.FoldInvalid, $"A cross-validation needs at least two folds, but there {(count == 1 ? "is one" : "are none")}.", _options.FoldPath)
        {
            Advice = "Give -Folds 5, or a -FoldPath to a file that lists several.",
        };

    private TrainingOptions OptionsOf(int fold) => _options with { Fold = fold };

    /// <summary>Says where the run of a fold writes.</summary>
    /// <param name="run">Where the cross-validation writes.</param>
    /// <param name="fold">The number of the fold, from 1.</param>
    public static RunOptions RunOf(RunOptions run, int fold)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run with { ModelName = $"{run.ModelName}-fold{fold}" };
    }
}
