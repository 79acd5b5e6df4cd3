using System.Globalization;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.PowerShell.Completion;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Trains a network.</summary>
[Cmdlet(VerbsLifecycle.Start, "MedSegTraining", SupportsShouldProcess = true)]
[OutputType(typeof(EpochRecord))]
public sealed class StartMedSegTrainingCommand : TrainingCmdlet
{
    /// <summary>Gets or sets the share of patients that are held out.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxValidationFraction)]
    public double ValidationFraction { get; set; }

    /// <summary>Gets or sets the number of folds.</summary>
    [Parameter]
    [ValidateRange(2, TrainingOptions.MaxFolds)]
    public int Folds { get; set; }

    /// <summary>Gets or sets the fold that is held out.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    [ArgumentCompleter(typeof(FoldCompleter))]
    public int Fold { get; set; } = 1;

    /// <summary>Gets or sets the data set to validate on.</summary>
    [Parameter]
    [ValidateNotNull]
    public Dataset? ValidationDataset { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        RequireOne();
        TrainingOptions options = Options();
        RequireFolds(options);
        RunOptions run = Target();
        if (!ShouldProcess(run.ModelPath, $"Train {EpochsOf(options)} on {Slices}"))
        {
            return;
        }

        var progress = new ProgressRecord(1, $"Training {ModelName}", "Starting");
        var remaining = new RemainingTime();
        var events = new EngineEvents
        {
            Progress = p => Show(progress, (TrainingProgress)p, remaining.After((TrainingProgress)p)),
            Decision = WriteVerbose,
            Warning = WriteWarning,
        };
        ListenToTermination();
        Trainer trainer = Try(() => new Trainer(Dataset, options, run, ValidationDataset));
        EpochRecord? last = null;
        try
        {
            using IEnumerator<EpochRecord> epochs = trainer.Run(events, StopToken).GetEnumerator();
            while (Try(epochs.MoveNext))
            {
                last = epochs.Current;
                string shape = $"[{options.BatchSize}, 1, {Dataset.InputSize}, {Dataset.InputSize}]";
                WriteDebug(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Epoch {last.Epoch}: {last.Seconds:0.000} s, {last.SlicesPerSecond:0.0} slices/s in batches {shape}, "
                    + $"learning rate {last.LearningRate:G6}, peak memory {last.PeakMemory / 1e6:0} MB."));
                WriteObject(last);
            }

            WarnOfTermination();
            if (last?.ModelPath is { } model)
            {
                string loss = string.Create(CultureInfo.InvariantCulture, $"{model}: trained to epoch {last.Epoch}, loss {last.Loss:0.0000}");
                string dice = last.ValidationDice is { } value ? string.Create(CultureInfo.InvariantCulture, $", validation Dice {value:0.0000}") : string.Empty;
                WriteInformation($"{loss}{dice}.", ["MedSeg"]);
            }
        }
        finally
        {
            Complete(progress);
            TellWhatIsSaved(run, last?.Epoch);
        }
    }

    // The engine cannot know that the first fold was asked for: it is the default.
    private void RequireFolds(TrainingOptions options)
    {
        if (Given.Contains(nameof(Fold)) && options.Folds == 0 && options.FoldPath is null)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionMissing, $"-Fold {Fold} was given without -Folds or -FoldPath, so there are no folds.")
            {
                Advice = "Give the number of -Folds, or a -FoldPath, too.",
            });
        }
    }
}
