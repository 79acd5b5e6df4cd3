using System.Globalization;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Training.Runs;

/// <summary>A training run, as its files in the output folder describe it.</summary>
public sealed record RunInfo
{
    // Enough for the mean to include epochs with and without validation.
    private const int RecentEpochs = 20;

    /// <summary>Gets the model's name.</summary>
    public required string ModelName { get; init; }

    /// <summary>Gets whether the run is running, or how it ended.</summary>
    public required RunState State { get; init; }

    /// <summary>Gets the number of epochs that are done.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the number of epochs that the run will have.</summary>
    public required int Epochs { get; init; }

    /// <summary>Gets the best mean validation Dice so far, from 0 to 1; null where no epoch was validated.</summary>
    public double? BestDice { get; init; }

    /// <summary>Gets the epoch of the best validation Dice; null where no epoch was validated, or the log is missing.</summary>
    public int? BestEpoch { get; init; }

    /// <summary>Gets when the run was started first, in local time; null where the log is missing.</summary>
    public DateTime? Start { get; init; }

    /// <summary>Gets how long the run has been training, over all of its sessions; null where the log is missing.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// Gets when the last epoch will end, in local time, if epochs take as long as the last ones did. Early stopping may end the run sooner. Null
    /// unless the run is running and an epoch is done.
    /// </summary>
    public DateTime? Eta { get; init; }

    /// <summary>Gets the device of the last session, for example cpu or cuda:0; null where the log is missing.</summary>
    public string? Device { get; init; }

    /// <summary>Gets when the run was started or last resumed, in local time.</summary>
    public required DateTime Started { get; init; }

    /// <summary>Gets when the last epoch or the run ended, in local time.</summary>
    public required DateTime Updated { get; init; }

    /// <summary>Gets the ID of the process that is training, or was the last to do so.</summary>
    public required int ProcessId { get; init; }

    /// <summary>
    /// Gets why the run failed; null where it did not. Where its process was killed, the text says so, and how old the checkpoint is.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>Gets the output folder.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the path of the trained model; null where there is none.</summary>
    public string? ModelPath { get; init; }

    /// <summary>Gets the path of the newest checkpoint; null where there is none.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Gets when the newest checkpoint was written, in local time; null where there is none.</summary>
    public DateTime? CheckpointTime { get; init; }

    /// <summary>Gets the path of the checkpoint with the best validation Dice; null where there is none.</summary>
    public string? BestPath { get; init; }

    /// <summary>Gets the path of the log; null where there is none.</summary>
    public string? LogPath { get; init; }

    /// <summary>Finds the runs in a folder and in those below it.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <returns>The runs, in the order of their paths.</returns>
    /// <exception cref="MedSegException">The folder does not exist.</exception>
    public static IReadOnlyList<RunInfo> Find(string folder)
    {
        RequireFolder(folder);
        IEnumerable<string> files = FolderFiles.Enumerate(folder, recurse: true, new EnumerationOptions { IgnoreInaccessible = true });
        return [.. files.Where(file => file.EndsWith(RunStatus.Suffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Read).OfType<RunInfo>()];
    }

    /// <summary>Checks that a folder exists.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <exception cref="MedSegException">It does not (<c>FolderNotFound</c>).</exception>
    internal static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.FolderNotFound, $"{folder}: The folder was not found.", folder)
            {
                Advice = MissingPath.Advise(folder, "Give the -OutputPath of a run, or a folder above it."),
            };
        }
    }

    /// <summary>Reads the state of a run.</summary>
    /// <param name="statusPath">The absolute path of the status file.</param>
    /// <returns>The state; null where the file is missing or damaged.</returns>
    internal static RunInfo? Read(string statusPath)
    {
        if (RunStatus.Read(statusPath) is not { } status)
        {
            return null;
        }

        var run = new RunOptions { OutputPath = Path.GetDirectoryName(statusPath)!, ModelName = Path.GetFileName(statusPath)[..^RunStatus.Suffix.Length] };

        // A process that was killed could not write how it ended.
        bool isDead = status.State == RunState.Running && !RunLock.IsHeld(run.LockPath);
        RunState state = isDead ? RunState.Failed : status.State;
        FileInfo? checkpoint = FirstThatExists(CheckpointFiles.Newest(run));
        FileInfo? best = FirstThatExists(CheckpointFiles.Best(run));
        var log = LoggedRun.Read(run.LogPath);
        DateTime? now = state == RunState.Running ? DateTime.UtcNow : null;
        return new RunInfo
        {
            ModelName = run.ModelName,
            State = state,
            Epoch = status.Epoch,
            Epochs = status.Epochs,
            BestDice = status.BestDice,
            BestEpoch = log?.BestEpoch,
            Start = log?.Start?.ToLocalTime(),
            Duration = log?.Duration(now),
            Eta = now is not null && log is not null ? EndOf(status, log, now.Value)?.ToLocalTime() : null,
            Device = log?.Device,
            Started = status.Started.ToLocalTime(),
            Updated = status.Updated.ToLocalTime(),
            ProcessId = status.ProcessId,
            Error = isDead ? WhatIsKnown(status, (checkpoint ?? best)?.LastWriteTime) : status.Error,
            OutputPath = run.OutputPath,
            ModelPath = OrNull(run.ModelPath),
            CheckpointPath = checkpoint?.FullName,
            CheckpointTime = checkpoint?.LastWriteTime,
            BestPath = best?.FullName,
            LogPath = OrNull(run.LogPath),
        };
    }

    private static string WhatIsKnown(RunStatus status, DateTime? checkpointTime) => string.Create(
        CultureInfo.InvariantCulture,
        $"Process {status.ProcessId} was killed, or the computer was switched off or restarted. {(checkpointTime is { } time ? $"The last checkpoint is {Age(time)} old ({time:yyyy-MM-dd HH:mm}); -Resume continues with it." : "There is no checkpoint, so the run has to start again.")}");

    private static string Age(DateTime time)
    {
        TimeSpan age = DateTime.Now - time;
        return age.TotalDays >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days")
            : age.TotalHours >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalHours:0} hours")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, age.TotalMinutes):0} min");
    }

    private static DateTime? EndOf(RunStatus status, LoggedRun log, DateTime now)
    {
        LoggedEpoch[] recent = [.. (log.LastSession.Any() ? log.LastSession : log.Epochs).TakeLast(RecentEpochs)];
        if (recent.Length == 0)
        {
            return null;
        }

        DateTime since = status.Updated > status.Started ? status.Updated : status.Started;
        DateTime end = since.AddSeconds((status.Epochs - status.Epoch) * recent.Average(epoch => epoch.Seconds));
        return end > now ? end : now;
    }

    // A run that is writing may rename a file meanwhile: its existence and its time must be those of one moment.
    private static FileInfo? FirstThatExists(IEnumerable<string> paths) => paths.Select(path => new FileInfo(path)).FirstOrDefault(file => file.Exists);

    private static string? OrNull(string path) => File.Exists(path) ? path : null;
}
