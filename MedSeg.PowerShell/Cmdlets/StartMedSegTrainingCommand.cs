using System.Globalization;
using System.Management.Automation;
using MedSeg.Data;
using MedSeg.PowerShell.Completion;
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
    [ValidateRange(0.0, 0.9)]
    public double ValidationFraction { get; set; }

    /// <summary>Gets or sets the number of folds.</summary>
    [Parameter]
    [ValidateRange(2, 1000)]
    public int Folds { get; set; }

    /// <summary>Gets or sets the fold that is held out.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    [ArgumentCompleter(typeof(FoldCompleter))]
    public int Fold { get; set; } = 1;

    /// <summary>Gets or sets the data set to validate on.</summary>
    [Parameter]
    [ValidateNotNull]
    public Dataset? ValidationDataset { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        TrainingOptions options = Options();
        RunOptions run = Target();
        if (!ShouldProcess(run.ModelPath, $"Train {options.Epochs} epochs on {Dataset.Count} slices"))
        {
            return;
        }

        var progress = new ProgressRecord(1, $"Training {ModelName}", "Starting");
        var remaining = new RemainingTime();
        var observer = new TrainingObserver { Progress = p => Show(progress, p, remaining.After(p)), Decision = WriteVerbose, Warning = WriteWarning };
        using IEnumerator<EpochRecord> epochs = new Trainer(Dataset, options, run, ValidationDataset).Run(observer, StopToken).GetEnumerator();
        try
        {
            EpochRecord? last = null;
            while (Try(epochs.MoveNext))
            {
                last = epochs.Current;
                WriteDebug(string.Create(CultureInfo.InvariantCulture, $"Epoch {last.Epoch}: {last.Seconds:0.000} s, {last.SlicesPerSecond:0.0} slices/s in batches [{options.BatchSize}, 1, {Dataset.InputSize}, {Dataset.InputSize}], learning rate {last.LearningRate:G6}, peak memory {last.PeakMemory / 1e6:0} MB."));
                WriteObject(last);
            }

            if (last?.ModelPath is { } model)
            {
                string dice = last.ValidationDice is { } value ? string.Create(CultureInfo.InvariantCulture, $", validation Dice {value:0.0000}") : string.Empty;
                WriteInformation(string.Create(CultureInfo.InvariantCulture, $"{model}: trained to epoch {last.Epoch}, loss {last.Loss:0.0000}{dice}."), ["MedSeg"]);
            }
        }
        finally
        {
            Complete(progress);
        }
    }
}
