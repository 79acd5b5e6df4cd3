using System.Globalization;
using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.PowerShell.Jobs;
using MedSeg.PowerShell.Options;
using MedSeg.PowerShell.Scheduling;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Trains a model for each fold and summarizes their scores.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MedSegCrossValidation", SupportsShouldProcess = true)]
[OutputType(typeof(CrossValidationResult), typeof(SubmittedJob), typeof(Job))]
public sealed class InvokeMedSegCrossValidationCommand : ScheduledCmdlet
{
    /// <summary>Gets or sets the number of folds.</summary>
    [Parameter]
    [ValidateRange(2, TrainingOptions.MaxFolds)]
    public int Folds { get; set; } = 5;

    /// <summary>Gets or sets whether to train in the background.</summary>
    [Parameter]
    [CommandLineOnly]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    private protected override RunOptions FirstRun() => CrossValidation.RunOf(Target(), fold: 1);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        RequireOne();
        TrainingOptions options = Options();
        options = options with { Folds = options.FoldPath is not null ? 0 : options.Folds == 0 ? Folds : options.Folds };
        RunOptions run = Target();
        RequireTasks();
        if (AsJob && (HasTasks || Collect))
        {
            Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SchedulerFailed, "-AsJob trains in this process, but -Scheduler and -Throttle train in others and -Collect does not train.") { Advice = "Leave out -AsJob." });
        }

        CrossValidation validation = Try(() => new CrossValidation(Dataset, options, run));
        if (HasTasks)
        {
            Try(validation.Check);
            if (!StartTasks(TaskPlan.Of(validation, options, run)))
            {
                return;
            }
        }

        if (HasTasks || Collect)
        {
            WriteObject(Try(validation.Collect));
            return;
        }

        if (!ShouldProcess(Path.Combine(run.OutputPath, $"{run.ModelName}-fold*"), $"Train {validation.Folds.Count} folds of {EpochsOf(options)} on {Slices}"))
        {
            return;
        }

        if (AsJob)
        {
            Try(validation.Check);
            WriteObject(JobStarter.Start(this, ModelName, (nameof(Dataset), Dataset), (nameof(OutputPath), run.OutputPath)));
            return;
        }

        var whole = new ProgressRecord(1, $"Cross-validating {ModelName}", "Starting");
        var progress = new ProgressRecord(2, "Training", "Starting") { ParentActivityId = 1 };
        var remaining = new RemainingTime();
        int? current = null;
        var events = new EngineEvents { Progress = p => Step((TrainingProgress)p), Decision = WriteVerbose, Warning = WriteWarning };
        ListenToTermination();
        try
        {
            CrossValidationResult result = Try(() => validation.Run(events, StopToken));
            WriteVerbose("To segment with all folds together: Invoke-MedSegSegmentation -Model $result.ModelPaths, where $result is what this command returns.");
            WriteObject(result);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            // Stop-MedSegRun stopped a fold, as a warning has said.
        }
        finally
        {
            Complete(progress);
            Complete(whole);
            TellWhatIsSaved(CrossValidation.RunOf(run, current ?? 1), last: null);
        }

        void Step(TrainingProgress step)
        {
            if (step.Fold != current)
            {
                current = step.Fold;
                remaining = new RemainingTime();
                BeginFold(step.Fold!.Value);
            }

            Show(progress, step, remaining.After(step));
        }

        void BeginFold(int fold)
        {
            int done = validation.Folds.Count(f => f < fold);
            whole.StatusDescription = string.Create(CultureInfo.InvariantCulture, $"Fold {done + 1} of {validation.Folds.Count}");
            whole.PercentComplete = 100 * done / validation.Folds.Count;
            WriteProgress(whole);
            progress.Activity = $"Training {ModelName}-fold{fold}";
        }
    }
}
