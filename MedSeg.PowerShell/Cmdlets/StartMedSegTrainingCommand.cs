using System.Globalization;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.Distributed;
using MedSeg.Errors;
using MedSeg.PowerShell.Completion;
using MedSeg.PowerShell.Jobs;
using MedSeg.PowerShell.Options;
using MedSeg.PowerShell.Validation;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Trains a network.</summary>
[Cmdlet(VerbsLifecycle.Start, "MedSegTraining", SupportsShouldProcess = true)]
[OutputType(typeof(EpochRecord), typeof(Job))]
public sealed class StartMedSegTrainingCommand : TrainingCmdlet
{
    /// <summary>Gets or sets the share of patients that are held out.</summary>
    [Parameter]
    [ValidateRange(0.0, TrainingOptions.MaxValidationFraction)]
    [DecimalPoint]
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

    /// <summary>Gets or sets whether to train in the background.</summary>
    [Parameter]
    [CommandLineOnly]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Gets or sets whether the processes that a launcher started train together.</summary>
    [Parameter]
    public DistributedMode Distributed { get; set; }

    /// <summary>Gets or sets the name or path of the MPI library.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MpiLibrary { get; set; }

    /// <summary>Gets or sets the seconds that a rank may take to answer.</summary>
    [Parameter]
    [ValidateRange(0.0, RunOptions.MaxMpiTimeout)]
    [DecimalPoint]
    public double MpiTimeout { get; set; } = 1800;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        RequireOne();
        TrainingOptions options = Options();
        RequireFolds(options);
        RequireForeground();
        RunOptions run = Target() with { Distributed = Distributed, MpiLibrary = MpiLibrary, MpiTimeout = MpiTimeout };
        if (!ShouldProcess(run.ModelPath, $"Train {EpochsOf(options)} on {Slices}"))
        {
            return;
        }

        Trainer trainer = Try(() => new Trainer(Dataset, options, run, ValidationDataset));
        if (AsJob)
        {
            Try(trainer.Check);
            WriteObject(JobStarter.Start(this, ModelName, (nameof(Dataset), Dataset), (nameof(OutputPath), run.OutputPath)));
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
        EpochRecord? last = null;
        try
        {
            using IEnumerator<EpochRecord> epochs = trainer.Run(events, StopToken).GetEnumerator();
            while (Try(epochs.MoveNext))
            {
                last = epochs.Current;
                string shape = $"[{options.BatchSize}, {Math.Max(1, Dataset.Channels.Count)}, {Dataset.InputSize}, {Dataset.InputSize}]";
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
            if (trainer.Rank == 0)
            {
                TellWhatIsSaved(run, last?.Epoch);
            }
        }
    }

    private void RequireForeground()
    {
        if (AsJob && Distributed != DistributedMode.None)
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SharesNotPossible, $"-AsJob returns at once, but a process of -Distributed {Distributed} must train until it ends.")
            {
                Advice = "Leave out -AsJob. To train in the background, start the launcher there.",
            });
        }
    }
}
