using System.Globalization;
using System.Management.Automation;
using System.Text;
using MedSeg.PowerShell.Jobs;
using MedSeg.PowerShell.Options;
using MedSeg.PowerShell.Scheduling;
using MedSeg.Threading;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell.Cmdlets;

/// <summary>Trains a model for each fold and summarizes their scores.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MedSegCrossValidation", DefaultParameterSetName = LocalSet, SupportsShouldProcess = true)]
[OutputType(typeof(CrossValidationResult), typeof(Job), ParameterSetName = [LocalSet])]
[OutputType(typeof(SubmittedJob), ParameterSetName = [SchedulerSet])]
public sealed class InvokeMedSegCrossValidationCommand : TrainingCmdlet
{
    private const string LocalSet = "Local";
    private const string SchedulerSet = "Scheduler";
    private const int MaxCount = 1024;

    /// <summary>Gets or sets the number of folds.</summary>
    [Parameter]
    [ValidateRange(2, TrainingOptions.MaxFolds)]
    public int Folds { get; set; } = 5;

    /// <summary>Gets or sets whether to train in the background.</summary>
    [Parameter(ParameterSetName = LocalSet)]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Gets or sets the scheduler that runs the folds.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SchedulerSet)]
    [ValidateSet("Slurm")]
    public string? Scheduler { get; set; }

    /// <summary>Gets or sets what imports the data set in each task.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SchedulerSet)]
    [ValidateNotNull]
    public ScriptBlock DatasetScript { get; set; } = null!;

    /// <summary>Gets or sets the partition.</summary>
    [Parameter(ParameterSetName = SchedulerSet)]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^\S+$")]
    public string? Partition { get; set; }

    /// <summary>Gets or sets the account.</summary>
    [Parameter(ParameterSetName = SchedulerSet)]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^\S+$")]
    public string? Account { get; set; }

    /// <summary>Gets or sets the time limit of a task.</summary>
    [Parameter(ParameterSetName = SchedulerSet)]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^[0-9:-]+$")]
    public string? Time { get; set; }

    /// <summary>Gets or sets the memory of a task.</summary>
    [Parameter(ParameterSetName = SchedulerSet)]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^[0-9]+[KMGT]?$")]
    public string? Memory { get; set; }

    /// <summary>Gets or sets the number of GPUs of a task.</summary>
    [Parameter(ParameterSetName = SchedulerSet)]
    [ValidateRange(0, MaxCount)]
    public int Gpus { get; set; }

    /// <summary>Gets or sets the number of CPU cores of a task.</summary>
    [Parameter(ParameterSetName = SchedulerSet)]
    [ValidateRange(0, MaxCount)]
    public int Cpus { get; set; }

    /// <summary>Gets or sets further options of sbatch.</summary>
    [Parameter(ParameterSetName = SchedulerSet)]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^--?[A-Za-z][^\r\n]*$")]
    public string[] SchedulerOption { get; set; } = [];

    /// <inheritdoc/>
    private protected override RunOptions FirstRun() => CrossValidation.RunOf(Target(), fold: 1);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        RequireOne();
        TrainingOptions options = Options();
        options = options with { Folds = options.FoldPath is not null ? 0 : options.Folds == 0 ? Folds : options.Folds };
        RunOptions run = Target();
        CrossValidation validation = Try(() => new CrossValidation(Dataset, options, run));
        if (Scheduler is not null)
        {
            Submit(validation, options, run);
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

    private void Submit(CrossValidation validation, TrainingOptions options, RunOptions run)
    {
        Try(() => FoldScript.RequireComplete(DatasetScript));
        Try(validation.Check);
        var resources = new SlurmResources { Partition = Partition, Account = Account, Time = Time, Memory = Memory, Gpus = Gpus, Cpus = Cpus, Others = SchedulerOption };
        var array = new SlurmArray(run, validation.Folds, resources);
        string script = array.Script(PwshWords());
        if (!ShouldProcess($"Submit {array.ScriptPath} with sbatch:\n{script}", $"Submit {validation.Folds.Count} folds with sbatch?", "Cross-validation"))
        {
            return;
        }

        string optionsPath = Path.Combine(run.OutputPath, run.ModelName + "-options.psd1");
        string module = Path.Combine(MyInvocation.MyCommand.Module.ModuleBase, "MedSeg.psd1");
        string location = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        Write(optionsPath, OptionsText.ToPowerShellData(options, ["The options of all folds, for -OptionsPath."], nameof(TrainingOptions.Fold)));
        Write(array.TaskPath, FoldScript.Of(location, module, DatasetScript, optionsPath, run));
        Write(array.ScriptPath, script);
        WriteObject(Try(array.Submit));
        WriteVerbose("Get-MedSegRun shows the folds. When all are done, the same command without -Scheduler, with -Resume, returns their scores.");
    }

    private void Write(string path, string text) => WriteOutput(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    // The tool of dotnet starts pwsh as a second process, which signals would not reach.
    private string[] PwshWords()
    {
        string home = (string)SessionState.PSVariable.GetValue("PSHOME");
        string program = Path.Combine(home, "pwsh");
        return File.Exists(program) ? [program] : ["dotnet", program + ".dll"];
    }
}
