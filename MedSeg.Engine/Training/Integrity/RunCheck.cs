using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Training.Runs;

namespace MedSeg.Training.Integrity;

/// <summary>Checks all files of a training run, with the checksums that a model or checkpoint is checked with before it is used.</summary>
public static class RunCheck
{
    private static readonly string[] s_suffixes = [RunStatus.Suffix, ".log.jsonl", ".checkpoint.safetensors"];

    /// <summary>Finds the runs in a folder and in those below it, also where the status file is missing or damaged.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <returns>Where each run writes, in the order of their paths.</returns>
    /// <exception cref="MedSegException">The folder does not exist (<c>FolderNotFound</c>), or has no run (<c>RunNotFound</c>).</exception>
    public static IReadOnlyList<RunOptions> Find(string folder)
    {
        RunInfo.RequireFolder(folder);
        RunOptions[] runs =
        [
            .. FolderFiles.Enumerate(folder, recurse: true, new EnumerationOptions { IgnoreInaccessible = true })
                .Select(RunOf).OfType<RunOptions>().Distinct().OrderBy(run => run.StatusPath, StringComparer.Ordinal),
        ];
        return runs.Length > 0 ? runs : throw new MedSegException(ErrorKind.NotFound, ErrorIds.RunNotFound, $"{folder}: The folder has no training run.", folder)
        {
            Advice = "Give the -OutputPath of a run, or a folder above it. Get-MedSegModel checks a model without its run.",
        };
    }

    /// <summary>Checks the files of a run. Nothing is changed; a run that is training is not disturbed.</summary>
    /// <param name="run">Where the run writes.</param>
    /// <param name="cancellationToken">Stops the check between two files.</param>
    /// <returns>The files, those that must exist but do not among them.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static IReadOnlyList<RunFile> Check(RunOptions run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        bool isRunning = RunLock.IsHeld(run.LockPath);
        RunStatus? status = RunStatus.Read(run.StatusPath);
        var weights = new List<SavedWeights>();
        foreach ((string path, RunFileKind kind) in WeightPaths(run))
        {
            cancellationToken.ThrowIfCancellationRequested();
            weights.Add(SavedWeights.Read(path, kind));
        }

        var advice = new RunAdvice(run, weights);
        return
        [
            CheckStatus(run, status, isRunning),
            .. advice.Weights(status),
            CheckLog(run, status, isRunning),
            .. EventFiles(run).Select(path => Attempt(run, path, RunFileKind.TensorBoard, () => EventFileCheck.Check(path, isRunning))),
            .. isRunning ? [] : LeftOvers(run).Select(path => Describe(
                run, path, RunFileKind.LeftOver, (RunFileState.Incomplete, "A process ended while it was writing this file.", "Delete it; a resumed run does so, too."))),
        ];
    }

    private static RunOptions? RunOf(string path)
    {
        string name = Path.GetFileName(path);
        return Array.Find(s_suffixes, suffix => name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix
            ? new RunOptions { OutputPath = Path.GetDirectoryName(path)!, ModelName = name[..^suffix.Length] }
            : null;
    }

    private static IEnumerable<(string Path, RunFileKind Kind)> WeightPaths(RunOptions run)
    {
        IEnumerable<(string Path, RunFileKind Kind)> all =
        [
            (run.ModelPath, RunFileKind.Model),
            .. CheckpointFiles.Newest(run).Select(path => (path, RunFileKind.Checkpoint)),
            .. CheckpointFiles.Best(run).Select(path => (path, RunFileKind.BestCheckpoint)),
        ];
        return all.Where(file => File.Exists(file.Path));
    }

    private static RunFile CheckStatus(RunOptions run, RunStatus? status, bool isRunning)
    {
        const string advice = "Nothing is lost: a resumed run writes the file again.";
        if (!File.Exists(run.StatusPath))
        {
            return Describe(run, run.StatusPath, RunFileKind.Status, (RunFileState.Incomplete, "The file is missing, so Get-MedSegRun does not list the run.", advice));
        }

        return Attempt(run, run.StatusPath, RunFileKind.Status, () =>
        {
            if (status is null)
            {
                using (FileContent.OpenRead(run.StatusPath))
                {
                    return (RunFileState.Damaged, "The file cannot be parsed, so Get-MedSegRun does not list the run.", advice);
                }
            }

            RunState state = status.State == RunState.Running && !isRunning ? RunState.Failed : status.State;
            return (RunFileState.Ok, FormattableString.Invariant($"{state}, {status.Epoch} of {status.Epochs} epochs."), null);
        });
    }

    private static RunFile CheckLog(RunOptions run, RunStatus? status, bool isRunning) => File.Exists(run.LogPath)
        ? Attempt(run, run.LogPath, RunFileKind.Log, () => LogCheck.Check(run.LogPath, isRunning ? null : status?.Epoch, isRunning))
        : Describe(run, run.LogPath, RunFileKind.Log, (RunFileState.Incomplete, "The file is missing.", "Nothing to do for the model: only the history of the epochs is lost. A resumed run starts a new log."));

    private static string[] EventFiles(RunOptions run) => Directory.Exists(run.TensorBoardPath)
        ? [.. Directory.EnumerateFiles(run.TensorBoardPath, "events.out.tfevents.*").Order(StringComparer.Ordinal)]
        : [];

    private static IEnumerable<string> LeftOvers(RunOptions run)
    {
        string[] names = [.. new[] { run.ModelPath, run.CheckpointPath, run.BestPath, run.StatusPath, run.LogPath }.Select(path => Path.GetFileName(path))];
        return Directory.EnumerateFiles(run.OutputPath, "*" + AtomicFile.PartialSuffix)
            .Where(path => Array.Exists(names, name => PartialFile.IsOf(path, name)))
            .Order(StringComparer.Ordinal);
    }

    private static RunFile Attempt(RunOptions run, string path, RunFileKind kind, Func<(RunFileState State, string Finding, string? Advice)> check)
    {
        try
        {
            return Describe(run, path, kind, check());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Describe(run, path, kind, (RunFileState.Unknown, $"The file cannot be read: {e.Message}", "Check that you have read access, and that no other program has the file open."));
        }
    }

    private static RunFile Describe(RunOptions run, string path, RunFileKind kind, (RunFileState State, string Finding, string? Advice) result) => new()
    {
        ModelName = run.ModelName,
        Path = path,
        Kind = kind,
        State = result.State,
        Finding = result.Finding,
        Advice = result.Advice,
    };
}
