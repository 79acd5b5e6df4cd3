using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Training.Runs;

/// <summary>A training run, as its files in the output folder describe it.</summary>
public sealed record RunInfo
{
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

    /// <summary>Gets when the run was started or last resumed, in local time.</summary>
    public required DateTime Started { get; init; }

    /// <summary>Gets when the last epoch or the run ended, in local time.</summary>
    public required DateTime Updated { get; init; }

    /// <summary>Gets the ID of the process that is training, or was the last to do so.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Gets why the run failed; null where it did not.</summary>
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
    /// <exception cref="MedSegException">The folder does not exist.</exception>
    public static IReadOnlyList<RunInfo> Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.FolderNotFound, $"{folder}: Folder not found.", folder)
            {
                Advice = "Give the -OutputPath of a run, or a folder above it.",
            };
        }

        IEnumerable<string> files = FolderFiles.Enumerate(folder, recurse: true, new EnumerationOptions { IgnoreInaccessible = true });
        return [.. files.Where(file => file.EndsWith(RunStatus.Suffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Read).OfType<RunInfo>()];
    }

    private static RunInfo? Read(string statusPath)
    {
        if (RunStatus.Read(statusPath) is not { } status)
        {
            return null;
        }

        var run = new RunOptions { OutputPath = Path.GetDirectoryName(statusPath)!, ModelName = Path.GetFileName(statusPath)[..^RunStatus.Suffix.Length] };

        // A process that was killed could not write how it ended.
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
