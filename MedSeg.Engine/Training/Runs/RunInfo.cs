using MedSeg.Errors;

namespace MedSeg.Training.Runs;

/// <summary>A training run, as its files in the output folder tell it.</summary>
public sealed record RunInfo
{
    /// <summary>Gets the model's name.</summary>
    public required string ModelName { get; init; }

    /// <summary>Gets what has become of the run.</summary>
    public required RunState State { get; init; }

    /// <summary>Gets the number of epochs that are done.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the number of epochs that the run is to have.</summary>
    public required int Epochs { get; init; }

    /// <summary>Gets the best mean validation Dice so far, from 0 to 1; null where no epoch was validated.</summary>
    public double? BestDice { get; init; }

    /// <summary>Gets when its process started, in local time.</summary>
    public required DateTime Started { get; init; }

    /// <summary>Gets when an epoch, or the run, last ended, in local time.</summary>
    public required DateTime Updated { get; init; }

    /// <summary>Gets the process that trains, or trained last.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Gets why a run failed; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Gets the output folder.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the path of the trained model; null where there is none.</summary>
    public string? ModelPath { get; init; }

    /// <summary>Gets the path of the newest checkpoint; null where there is none.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Gets the path of the checkpoint with the best validation Dice; null where there is none.</summary>
    public string? BestPath { get; init; }

    /// <summary>Gets the path of the log; null where there is none.</summary>
    public string? LogPath { get; init; }

    /// <summary>Finds the runs in a folder and in those below it.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <returns>The runs, in the order of their paths.</returns>
    /// <exception cref="MedSegException">The folder is not there.</exception>
    public static IReadOnlyList<RunInfo> Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new MedSegException(ErrorKind.NotFound, "FolderNotFound", $"{folder}: there is no such folder, where training runs were looked for. Give the -OutputPath of a run, or a folder above.", folder);
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return [.. Directory.EnumerateFiles(folder, "*" + RunStatus.Suffix, options).Order(StringComparer.Ordinal).Select(Read).OfType<RunInfo>()];
    }

    private static RunInfo? Read(string statusPath)
    {
        if (RunStatus.Read(statusPath) is not { } status)
        {
            return null;
        }

        var run = new RunOptions { OutputPath = Path.GetDirectoryName(statusPath)!, ModelName = Path.GetFileName(statusPath)[..^RunStatus.Suffix.Length] };

        // A process that was killed could not say so.
        RunState state = status.State == RunState.Running && !RunLock.IsHeld(run.LockPath) ? RunState.Interrupted : status.State;
        return new RunInfo
        {
            ModelName = run.ModelName,
            State = state,
            Epoch = status.Epoch,
            Epochs = status.Epochs,
            BestDice = status.BestDice,
            Started = status.Started.ToLocalTime(),
            Updated = status.Updated.ToLocalTime(),
            ProcessId = status.ProcessId,
            Error = status.Error,
            OutputPath = run.OutputPath,
            ModelPath = OrNull(run.ModelPath),
            CheckpointPath = OrNull(run.CheckpointPath),
            BestPath = OrNull(run.BestPath),
            LogPath = OrNull(run.LogPath),
        };
    }

    private static string? OrNull(string path) => File.Exists(path) ? path : null;
}
