using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Training.Runs;
using MedSeg.Training.Splits;

namespace MedSeg.Training;

/// <summary>Trains a model for each fold, on the patients of the others, and tells how good they are on those held out.</summary>
public sealed class CrossValidation
{
    private readonly Dataset _dataset;
    private readonly TrainingOptions _options;
    private readonly RunOptions _run;

    /// <summary>Initializes a new instance of the <see cref="CrossValidation"/> class.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="options">The settings of each fold's run; <see cref="TrainingOptions.Folds"/> or <see cref="TrainingOptions.FoldPath"/> says the folds.</param>
    /// <param name="run">Where to write and how to start; each fold's model has its name, then -fold1 and so on.</param>
    /// <exception cref="MedSegException">There are fewer than two folds, or their file cannot be used.</exception>
    public CrossValidation(Dataset dataset, TrainingOptions options, RunOptions run)
    {
        ArgumentNullException.ThrowIfNull(options);
        _dataset = dataset;
        _options = options;
        _run = run;
        Folds = PatientSplit.FoldsOf(dataset, options.Split);
        if (Folds.Count < 2)
        {
            throw new MedSegException(ErrorKind.InvalidArgument, "FoldInvalid", $"A cross-validation needs at least two folds, but there {(Folds.Count == 1 ? "is one" : "are none")}. Give -Folds 5, or a -FoldPath to a file that lists several.", options.FoldPath);
        }
    }

    /// <summary>Gets the numbers of the folds, in order.</summary>
    public IReadOnlyList<int> Folds { get; }

    /// <summary>
    /// Trains the folds one after the other. With <see cref="RunOptions.Resume"/> a fold whose model is there is not trained
    /// again, one that was begun goes on, and the others start.
    /// </summary>
    /// <param name="observer">Is told how the runs go, or null.</param>
    /// <param name="cancellationToken">Stops the fold's run after the step; its checkpoint is saved.</param>
    /// <returns>The scores of all folds.</returns>
    /// <exception cref="MedSegException">A fold cannot be made, or its files are there already, which is found before any is trained; or a run failed.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public CrossValidationResult Run(TrainingObserver? observer, CancellationToken cancellationToken)
    {
        RequireAll();
        var scores = new List<FoldScore>();
        foreach (int fold in Folds)
        {
            cancellationToken.ThrowIfCancellationRequested();
            observer?.Fold?.Invoke(fold);
            scores.Add(Train(fold, observer, cancellationToken));
        }

        return CrossValidationResult.Of(_run, _dataset.LabelNames, scores);
    }

    // What would stop a later fold is better known now than in the middle of the night.
    private void RequireAll()
    {
        foreach (int fold in Folds)
        {
            _ = PatientSplit.Create(_dataset, OptionsOf(fold).Split);
            if (!_run.Resume)
            {
                Trainer.RefuseToOverwrite(RunOf(fold));
            }
        }
    }

    private FoldScore Train(int fold, TrainingObserver? observer, CancellationToken cancellationToken)
    {
        RunOptions run = RunOf(fold);
        var trainer = new Trainer(_dataset, OptionsOf(fold), run);
        if (trainer.FindFinished() is { } finished)
        {
            observer?.Decision?.Invoke($"Fold {fold} is trained already: {run.ModelPath}.");
            return Score(fold, run, finished);
        }

        foreach (EpochRecord record in trainer.Run(observer, cancellationToken))
        {
            if (record.ValidationDice is { } dice)
            {
                observer?.Decision?.Invoke(FormattableString.Invariant($"Fold {fold}, epoch {record.Epoch}: held-out Dice {dice:0.0000}."));
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Score(fold, run, Checkpoint.Read(run.ModelPath).State);
    }

    // The last record that was validated is of the model: with patience its history ends at the best epoch.
    private static FoldScore Score(int fold, RunOptions run, Checkpoint state)
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
            ModelPath = run.ModelPath,
        };
    }

    private TrainingOptions OptionsOf(int fold) => _options with { Fold = fold };

    private RunOptions RunOf(int fold) => _run with { ModelName = $"{_run.ModelName}-fold{fold}" };
}
