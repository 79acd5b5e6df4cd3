using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Definition;
using MedSeg.Threading;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;

namespace MedSeg.Training;

/// <summary>The checkpoints of a run: the newest, some older ones, and the one with the best validation Dice.</summary>
/// <param name="run">Where to write.</param>
/// <param name="runLock">The lock that must be held while checkpoints are written; null where none are written.</param>
/// <param name="events">Receives a warning where another program has a checkpoint open; or null.</param>
internal sealed class CheckpointStore(RunOptions run, RunLock? runLock = null, EngineEvents? events = null)
{
    // The checkpoints of an earlier run of the same name are deleted when the first of this run is written.
    private bool _isFresh;
    private double _best = double.NegativeInfinity;

    /// <summary>Gets when the last checkpoint was written, in UTC; at first the start of the run.</summary>
    public DateTime Written { get; private set; } = DateTime.UtcNow;

    /// <summary>Gets the path of the checkpoint that was written last: a numbered one where another program has the file open.</summary>
    public string WrittenPath { get; private set; } = run.CheckpointPath;

    /// <summary>Gets the path of the checkpoint with the best validation Dice, which need not exist.</summary>
    public string BestPath => CheckpointFiles.Best(run).FirstOrDefault(run.BestPath);

    /// <summary>Gets how a file is written that another program has open.</summary>
    public Numbering Numbering { get; } = new(events, Reuse: true) { Outlook = "Training continues, and the next checkpoint tries the name again." };

    /// <summary>Gets a value indicating whether there is any checkpoint.</summary>
    public bool Any => CheckpointFiles.All(run).Any();

    /// <summary>Starts a new run: checkpoints of an earlier one do not belong to it.</summary>
    public void StartAnew() => _isFresh = true;

    /// <summary>Finds the newest checkpoint that can be read.</summary>
    /// <param name="warn">Receives a warning for a newer one that cannot; or null.</param>
    /// <returns>The state, the tensors and the path; null if there is no checkpoint.</returns>
    /// <exception cref="MedSegException">There are checkpoints, but none can be read.</exception>
    public (Checkpoint State, SafetensorsFile File, string Path)? FindNewest(Action<string>? warn)
    {
        MedSegException? first = null;
        foreach (string path in CheckpointFiles.All(run))
        {
            try
            {
                (Checkpoint state, SafetensorsFile file) = Checkpoint.Read(path);
                if (first is not null)
                {
                    warn?.Invoke($"{first.Finding} Resuming from the previous checkpoint, {path}, after {state.Epoch} epochs.");
                }
                else if (path == BestPath)
                {
                    warn?.Invoke($"{run.CheckpointPath}: Checkpoint not found. Resuming from the one with the best validation Dice, {path}, after {state.Epoch} epochs.");
                }

                _best = state.History.Max(r => r.ValidationDice) ?? double.NegativeInfinity;
                return (state, file, path);
            }
            catch (MedSegException e)
            {
                first ??= e;
            }
        }

        return first is null ? null : throw first;
    }

    /// <summary>Gets a value indicating whether a run of this name was started, and has saved a checkpoint, after the run that made a model.</summary>
    /// <param name="model">The state of the model.</param>
    public bool IsNewerThan(Checkpoint model)
    {
        try
        {
            return FindNewest(warn: null) is var (newest, _, _) && newest.Run != model.Run;
        }
        catch (MedSegException)
        {
            return false;
        }
    }

    /// <summary>
    /// Writes the checkpoint with the best validation Dice where a run resumes from it, but ended before it was written a second time:
    /// with early stopping, an older one would become the model.
    /// </summary>
    /// <param name="state">The state that the run resumes from.</param>
    /// <param name="file">Its file.</param>
    public void RequireBest(Checkpoint state, SafetensorsFile file)
    {
        bool isBest = state.StepInEpoch == 0 && state.History is [.., { ValidationDice: { } dice }] && !state.History.SkipLast(1).Any(record => record.ValidationDice >= dice);
        if (isBest && !IsSame(state, BestPath))
        {
            runLock?.Keep();
            _ = WriteOrNumber(run.BestPath, file.Write);
        }
    }

    /// <summary>Writes a checkpoint. Older ones are renamed, and the oldest is deleted.</summary>
    public void Write(Checkpoint state, NetworkParameters parameters, AdamOptimizer optimizer, WeightAverage? average)
    {
        runLock?.Keep();
        SafetensorsContent content = state.ToCheckpoint(parameters, optimizer, average);
        WrittenPath = WriteOrNumber(run.CheckpointPath, content.Write, MakeRoom);
        Written = DateTime.UtcNow;
        if (state.StepInEpoch == 0 && state.History is [.., { ValidationDice: { } dice }] && dice > _best)
        {
            _ = WriteOrNumber(run.BestPath, content.Write);
            _best = dice;
        }
    }

    /// <summary>Says whether an epoch has the best validation Dice so far, so that its weights must be saved.</summary>
    public bool IsBest(EpochRecord record) => record.ValidationDice > _best;

    // Once the file has its own name again, the numbered one is not needed.
    private string WriteOrNumber(string path, Action<Stream> write, Action? beforeReplacing = null)
    {
        string written = AtomicFile.Write(path, write, replace: true, beforeReplacing, numbering: Numbering);
        if (written == path)
        {
            DeleteNumbered(path);
        }

        return written;
    }

    private static bool IsSame(Checkpoint state, string path)
    {
        try
        {
            return File.Exists(path) && Checkpoint.Read(path).State is var saved && saved.Run == state.Run && saved.Epoch == state.Epoch;
        }
        catch (MedSegException)
        {
            return false;
        }
    }

    private static void DeleteNumbered(string path)
    {
        foreach (string numbered in NumberedFile.Find(path))
        {
            AtomicFile.DeleteQuietly(numbered);
        }
    }

    private void MakeRoom()
    {
        int kept = _isFresh ? 1 : run.KeepCheckpoints;
        for (int age = CheckpointFiles.CountAges(run) - 1; age >= kept; age--)
        {
            UnlessHeld(() => FileChanges.Delete(run.CheckpointPathOf(age)));
        }

        for (int age = kept - 1; age > 0; age--)
        {
            if (File.Exists(run.CheckpointPathOf(age - 1)))
            {
                UnlessHeld(() => FileChanges.Rename(run.CheckpointPathOf(age - 1), run.CheckpointPathOf(age), replace: true));
            }
        }

        if (_isFresh)
        {
            UnlessHeld(() => FileChanges.Delete(run.BestPath));
            DeleteNumbered(run.BestPath);
            DeleteNumbered(run.CheckpointPath);
            _isFresh = false;
        }
    }

    // An older checkpoint that another program has open must not keep the new one from being written.
    private static void UnlessHeld(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (FileFaults.IsHeld(e, FileChange.Rename))
        {
            // The next checkpoint tries again.
        }
    }
}
