using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Shell = System.Management.Automation.PowerShell;

namespace MedSeg.PowerShell.Jobs;

/// <summary>
/// A command of MedSeg in the background: in a runspace of its own, in this process. Get-Job, Wait-Job, Receive-Job, Stop-Job and Remove-Job
/// work with it. Stopping it is like Ctrl+C, and so is the end of the process.
/// </summary>
internal sealed class CommandJob : Job
{
    private const string TypeName = "MedSegJob";
    private readonly ManualResetEventSlim _ended = new();
    private readonly Runspace _runspace;
    private readonly Shell _shell;
    private string _status = string.Empty;

    /// <summary>Initializes a new instance of the <see cref="CommandJob"/> class.</summary>
    /// <param name="line">The line that was typed, which Get-Job shows.</param>
    /// <param name="name">The name of the job; null for one that PowerShell makes up.</param>
    /// <param name="runspace">The runspace, which is open; the job disposes of it.</param>
    /// <param name="shell">The command with its parameters; the job disposes of it.</param>
    public CommandJob(string line, string? name, Runspace runspace, Shell shell)
        : base(line, name)
    {
        PSJobTypeName = TypeName;
        _runspace = runspace;
        _shell = shell;
        _shell.Runspace = runspace;
        _shell.Streams.Error = Error;
        _shell.Streams.Warning = Warning;
        _shell.Streams.Verbose = Verbose;
        _shell.Streams.Debug = Debug;
        _shell.Streams.Information = Information;
        _shell.Streams.Progress.DataAdded += KeepLatest;
        _shell.InvocationStateChanged += (_, change) => Follow(change.InvocationStateInfo);
    }

    /// <inheritdoc/>
    public override string Location => "localhost";

    /// <summary>Gets the progress, such as the epoch; empty where there is none.</summary>
    public override string StatusMessage => Volatile.Read(ref _status);

    /// <inheritdoc/>
    public override bool HasMoreData => Output.Count + Error.Count + Warning.Count + Verbose.Count + Debug.Count + Information.Count > 0;

    /// <summary>Starts the command.</summary>
    public void Start()
    {
        SetJobState(JobState.Running);
        RunningJobs.Add(this);
        _shell.BeginInvoke<PSObject, PSObject>(null, Output);
    }

    /// <summary>Stops the command, and waits until it has saved what it saves when it is stopped.</summary>
    public override void StopJob()
    {
        BeginStop();
        WaitForEnd();
        Finished.WaitOne();
    }

    /// <summary>Asks the command to stop.</summary>
    public void BeginStop()
    {
        if (!_ended.IsSet)
        {
            _shell.BeginStop(callback: null, state: null);
        }
    }

    /// <summary>Waits until the command has ended.</summary>
    public void WaitForEnd() => _ended.Wait();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            BeginStop();
            WaitForEnd();
            _shell.Dispose();
            _runspace.Dispose();
        }

        base.Dispose(disposing);
    }

    // A night has a hundred thousand records of progress, and only the last one says anything.
    private void KeepLatest(object? sender, DataAddedEventArgs added)
    {
        var records = (PSDataCollection<ProgressRecord>)sender!;
        if (records.ReadAll().LastOrDefault(record => record.RecordType == ProgressRecordType.Processing) is { } latest)
        {
            Volatile.Write(ref _status, $"{latest.Activity}: {latest.StatusDescription}");
        }
    }

    private void Follow(PSInvocationStateInfo info)
    {
        JobState? state = info.State switch
        {
            PSInvocationState.Completed => JobState.Completed,
            PSInvocationState.Failed => JobState.Failed,
            PSInvocationState.Stopped => JobState.Stopped,
            _ => null,
        };
        if (state is not { } ended)
        {
            return;
        }

        if (ended == JobState.Failed && info.Reason is { } reason)
        {
            Error.Add((reason as IContainsErrorRecord)?.ErrorRecord ?? new ErrorRecord(reason, "JobFailed", ErrorCategory.NotSpecified, Name));
        }

        RunningJobs.Remove(this);
        _ended.Set();
        SetJobState(ended);
    }
}
