using System.Runtime.CompilerServices;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Network.Definition;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;

namespace MedSeg.Training;

/// <summary>The checkpoints of a run: the newest, some older ones, and the one with the best validation Dice.</summary>
/// <param name="run">Where to write.</param>
/// <param name="runLock">The lock that must be held while checkpoints are written; null where none are written.</param>
internal sealed class CheckpointStore(RunOptions run, RunLock? runLock = null)
{
    private const long LargeCopy = 32L << 20;

    // The checkpoints of an earlier run of the same name are deleted when the first of this run is written.
    private bool _isFresh;
    private double _best = double.NegativeInfinity;

    /// <summary>Gets when the last checkpoint was written, in UTC; at first the start of the run.</summary>
    public DateTime Written { get; private set; } = DateTime.UtcNow;

    /// <summary>Gets a value indicating whether there is any checkpoint.</summary>
    public bool Any => Newest().Any();

    /// <summary>Starts a new run: checkpoints of an earlier one do not belong to it.</summary>
    public void StartAnew() => _isFresh = true;

    /// <summary>Finds the newest checkpoint that can be read.</summary>
    /// <param name="warn">Receives a warning for a newer one that cannot; or null.</param>
    /// <returns>The state, the tensors and the path; null if there is no checkpoint.</returns>
    /// <exception cref="MedSegException">There are checkpoints, but none can be read.</exception>
    public (Checkpoint State, SafetensorsFile File, string Path)? FindNewest(Action<string>? warn)
    {
        MedSegException? first = null;
        foreach (string path in Newest())
        {
            try
            {
                (Checkpoint state, SafetensorsFile file) = Checkpoint.Read(path);
                if (first is not null)
                {
                    warn?.Invoke($"{first.Finding} Resuming from the previous checkpoint, {path}, after {state.Epoch} epochs.");
                }
                else if (path == run.BestPath)
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

    /// <summary>Writes a checkpoint. Older ones are renamed, and the oldest is deleted.</summary>
    public void Write(Checkpoint state, NetworkParameters parameters, AdamOptimizer optimizer, WeightAverage? average)
    {
        runLock?.Keep();
        if (WriteCopy(state, parameters, optimizer, average) > LargeCopy)
        {
            // A U-Net's copy is over 100 MB. Left to itself, the garbage collector lets several of them pile up.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }
    }

    /// <summary>Says whether an epoch has the best validation Dice so far, so that its weights must be saved.</summary>
    public bool IsBest(EpochRecord record) => record.ValidationDice > _best;

    // Returns the size of the copy in bytes.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long WriteCopy(Checkpoint state, NetworkParameters parameters, AdamOptimizer optimizer, WeightAverage? average)
    {
        SafetensorsFile content = state.ToCheckpoint(parameters, optimizer, average);
        AtomicFile.Write(run.CheckpointPath, content.Write, beforeReplacing: MakeRoom);
        Written = DateTime.UtcNow;
        if (state.StepInEpoch == 0 && state.History is [.., { ValidationDice: { } dice }] && dice > _best)
        {
            AtomicFile.Write(run.BestPath, content.Write);
            _best = dice;
        }

        return content.Tensors.Values.Sum(tensor => (long)tensor.Data.Length);
    }

    /// <summary>Returns the paths of the checkpoints, the newest first and the one with the best validation Dice last.</summary>
    public IEnumerable<string> Newest()
    {
        for (int age = 0; age == 0 || age < MostAges(); age++)
        {
            if (File.Exists(run.CheckpointPathOf(age)))
            {
                yield return run.CheckpointPathOf(age);
            }
        }

        if (File.Exists(run.BestPath))
        {
            yield return run.BestPath;
        }
    }

    // An earlier run may have kept more checkpoints.
    private int MostAges()
    {
        int age = Math.Max(run.KeepCheckpoints, 2);
        while (File.Exists(run.CheckpointPathOf(age)))
        {
            age++;
        }

        return age;
    }

    private void MakeRoom()
    {
        int kept = _isFresh ? 1 : run.KeepCheckpoints;
        for (int age = MostAges() - 1; age >= kept; age--)
        {
            File.Delete(run.CheckpointPathOf(age));
        }

        for (int age = kept - 1; age > 0; age--)
        {
            if (File.Exists(run.CheckpointPathOf(age - 1)))
            {
                File.Move(run.CheckpointPathOf(age - 1), run.CheckpointPathOf(age), overwrite: true);
            }
        }

        if (_isFresh)
        {
            File.Delete(run.BestPath);
            _isFresh = false;
        }
    }
}
