using System.Globalization;
using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.PowerShell.Options;
using MedSeg.PowerShell.Scheduling;
using MedSeg.Training;
using MedSeg.Training.Runs;

namespace MedSeg.PowerShell;

/// <summary>The base of the commands that train several models: one after the other, in several processes, or as the tasks of a scheduler.</summary>
public abstract class ScheduledCmdlet : TrainingCmdlet
{
    private const int MaxCount = 1024;
    private static readonly string[] s_ofScheduler = [nameof(Partition), nameof(Account), nameof(Time), nameof(Memory), nameof(Gpus), nameof(Cpus), nameof(SchedulerOption), nameof(Wait)];
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromSeconds(2);
    private SubmittedJob? _awaited;

    /// <summary>Gets or sets the largest number of runs at a time.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateRange(1, MaxCount)]
    public int Throttle { get; set; }

    /// <summary>Gets or sets whether to return the results of what is finished, and to train nothing.</summary>
    [Parameter]
    [CommandLineOnly]
    public SwitchParameter Collect { get; set; }

    /// <summary>Gets or sets the scheduler that runs the tasks.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateNotNullOrEmpty]
    [ValidateSet("Slurm")]
    public string? Scheduler { get; set; }

    /// <summary>Gets or sets what imports the data set in each task.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? DatasetScript { get; set; }

    /// <summary>Gets or sets the partition.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^\S+$")]
    public string? Partition { get; set; }

    /// <summary>Gets or sets the account.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^\S+$")]
    public string? Account { get; set; }

    /// <summary>Gets or sets the time limit of a task.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^[0-9:-]+$")]
    public string? Time { get; set; }

    /// <summary>Gets or sets the memory of a task.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^[0-9]+[KMGT]?$")]
    public string? Memory { get; set; }

    /// <summary>Gets or sets the number of GPUs of a task.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateRange(0, MaxCount)]
    public int Gpus { get; set; }

    /// <summary>Gets or sets the number of CPU cores of a task.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateRange(0, MaxCount)]
    public int Cpus { get; set; }

    /// <summary>Gets or sets further options of sbatch.</summary>
    [Parameter]
    [CommandLineOnly]
    [ValidateNotNullOrEmpty]
    [ValidatePattern(@"^--?[A-Za-z][^\r\n]*$")]
    public string[] SchedulerOption { get; set; } = [];

    /// <summary>Gets or sets whether to wait until the job has ended, and to return the results then.</summary>
    [Parameter]
    [CommandLineOnly]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    private protected override string StopText => _awaited is { } job
        ? $"Stopped waiting. Job {job.JobId} continues: the same command with -Collect in place of -Wait returns its results, and `scancel {job.JobId}` ends it."
        : base.StopText;

    /// <summary>Gets a value indicating whether each run is a process of its own.</summary>
    private protected bool HasTasks => !Collect && (Scheduler is not null || Throttle > 0);

    /// <summary>Ends the command if parameters of the tasks contradict each other.</summary>
    private protected void RequireTasks()
    {
        bool hasTasks = Scheduler is not null || Throttle > 0;
        if (hasTasks && DatasetScript is null)
        {
            FailMissing($"{(Scheduler is null ? "-Throttle" : "-Scheduler")} trains each model in a process of its own, which needs a -DatasetScript to import the data set.", "Give the script block that imports it, such as { Import-MedSegDataset /data/spine/train }.");
        }

        if (Scheduler is null && s_ofScheduler.FirstOrDefault(MyInvocation.BoundParameters.ContainsKey) is { } name)
        {
            FailMissing($"-{name} was given without -Scheduler, so there is no job that it could be for.", "Give -Scheduler Slurm, too, or leave it out.");
        }

        if (!hasTasks && DatasetScript is not null)
        {
            FailMissing("-DatasetScript was given without -Scheduler or -Throttle, so no process would use it.", "Give -Scheduler Slurm, or -Throttle 2 to train in two processes of this machine.");
        }

        if (hasTasks)
        {
            Try(() => TaskScript.RequireComplete(DatasetScript!));
        }
    }

    /// <summary>Ends the command with an error about a parameter that is missing.</summary>
    /// <param name="finding">What was found.</param>
    /// <param name="advice">What to do.</param>
    private protected void FailMissing(string finding, string advice) => Fail(new MedSegException(ErrorKind.InvalidArgument, ErrorIds.OptionMissing, finding) { Advice = advice });

    /// <summary>Submits the tasks to the scheduler, or runs them as processes.</summary>
    /// <param name="plan">The tasks.</param>
    /// <returns>Whether they have ended, so that their results can be collected.</returns>
    private protected bool StartTasks(TaskPlan plan)
    {
        if (Scheduler is not null)
        {
            return Submit(plan);
        }

        if (!ShouldProcess(plan.Run.OutputPath, $"Train {plan.Count}, {Throttle} at a time, on {Slices}"))
        {
            return false;
        }

        WriteFiles(plan);

        // With -Force, a run that failed would be collected as the one that it was to replace.
        return RunHere(plan) == 0 || !Force;
    }

    // Returns whether the tasks have ended.
    private bool Submit(TaskPlan plan)
    {
        var resources = new SlurmResources { Partition = Partition, Account = Account, Time = Time, Memory = Memory, Gpus = Gpus, Cpus = Cpus, Others = SchedulerOption };
        var array = new SlurmArray(plan, resources, Throttle);
        string script = array.Script(PwshWords());
        if (!ShouldProcess($"Submit {array.ScriptPath} with sbatch:\n{script}", $"Submit {plan.Count} with sbatch?", MyInvocation.MyCommand.Name))
        {
            return false;
        }

        WriteFiles(plan);
        WriteText(array.ScriptPath, script);
        SubmittedJob job = Try(array.Submit);
        if (Wait)
        {
            return WaitFor(job, array, plan) || !Force;
        }

        WriteObject(job);
        WriteVerbose($"Get-MedSegRun shows the {plan.Noun}s. When all are done, the same command with -Collect returns their scores.");
        return false;
    }

    // Returns whether all tasks are known to have ended well.
    private bool WaitFor(SubmittedJob job, SlurmArray array, TaskPlan plan)
    {
        WriteVerbose($"{job.ScriptPath}: submitted as job {job.JobId}.");
        _awaited = job;
        var whole = new ProgressRecord(1, $"Job {job.JobId}: {plan.Count} of {ModelName}", "Submitted");
        var queue = new SlurmQueue(job.JobId, [.. plan.Tasks.Select(task => task.Number)], WriteWarning);
        try
        {
            while (!Try(queue.Look))
            {
                Show(whole, queue.ToString(), plan.Tasks.Sum(task => ShareOf(task.Run)) / plan.Tasks.Count);
                StopToken.WaitHandle.WaitOne(queue.Pause);
                Try(StopToken.ThrowIfCancellationRequested);
            }
        }
        finally
        {
            Complete(whole);
            _awaited = null;
        }

        foreach ((int task, string state) in queue.Failed)
        {
            string path = array.PrintedPath(job.JobId, task);
            Report($"{path}: Slurm ended the task of {plan.Noun} {task} with the state {state}.", path);
        }

        return queue.AllCompleted;
    }

    private void Show(ProgressRecord whole, string status, double share)
    {
        if (!StopToken.IsCancellationRequested)
        {
            whole.StatusDescription = status;
            whole.PercentComplete = (int)Math.Min(100, 100 * share);
            WriteProgress(whole);
        }
    }

    // Of its epochs.
    private static double ShareOf(RunOptions run) => RunControl.Read(run) is { Epochs: > 0 } info ? info.Epoch / (double)info.Epochs : 0;

    private void WriteFiles(TaskPlan plan)
    {
        string module = Path.Combine(MyInvocation.MyCommand.Module.ModuleBase, "MedSeg.psd1");
        string location = SessionState.Path.CurrentFileSystemLocation.ProviderPath;
        foreach ((string path, TrainingOptions options, string? except) in plan.OptionsFiles)
        {
            WriteText(path, OptionsText.ToPowerShellData(options, [except is null ? "The options of this run, for -OptionsPath." : $"The options of all {plan.Noun}s, for -OptionsPath."], except));
        }

        WriteText(plan.ScriptPath, TaskScript.Of(location, module, DatasetScript!, plan));
    }

    // Returns the number of tasks that failed.
    private int RunHere(TaskPlan plan)
    {
        int failed = 0;
        var whole = new ProgressRecord(1, $"Training {plan.Count} of {ModelName}", "Starting");
        var tasks = new LocalTasks(plan, PwshWords(), Throttle);
        DateTime shown = DateTime.MinValue;
        ListenToTermination();
        try
        {
            using IEnumerator<LocalTask> ended = tasks.Run(ShowTasks, StopToken).GetEnumerator();
            while (Try(ended.MoveNext))
            {
                failed += ended.Current.ExitCode == 0 ? 0 : 1;
                Report(ended.Current, plan);
            }
        }
        finally
        {
            Complete(whole);
            foreach (RunOptions run in tasks.Stopped)
            {
                TellWhatIsSaved(run, last: null);
            }
        }

        return failed;

        void ShowTasks(int done, IReadOnlyList<LocalTask> running)
        {
            if (DateTime.UtcNow - shown >= s_progressInterval)
            {
                shown = DateTime.UtcNow;
                string status = string.Create(CultureInfo.InvariantCulture, $"{done} of {plan.Tasks.Count} done, {running.Count} running");
                Show(whole, status, (done + running.Sum(task => ShareOf(task.Run))) / plan.Tasks.Count);
            }
        }
    }

    private void Report(LocalTask task, TaskPlan plan)
    {
        string path = Path.Combine(task.Run.OutputPath, task.Run.ModelName + ".txt");
        WriteText(path, task.Output);
        if (task.ExitCode != 0)
        {
            string last = task.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault(string.Empty);
            Report($"{path}: The process of {plan.Noun} {task.Number} ended with exit code {task.ExitCode}: {last}", path);
        }
    }

    private void Report(string finding, string path) => WriteError(ToRecord(new MedSegException(ErrorKind.InvalidData, ErrorIds.TaskFailed, finding, path)
    {
        Advice = "Read the file, correct the cause, and run the same command with -Resume.",
    }));

    // The tool of dotnet starts pwsh as a second process, which signals would not reach.
    private string[] PwshWords()
    {
        string home = (string)SessionState.PSVariable.GetValue("PSHOME");
        string program = Path.Combine(home, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        return File.Exists(program) ? [program] : ["dotnet", Path.Combine(home, "pwsh.dll")];
    }
}
