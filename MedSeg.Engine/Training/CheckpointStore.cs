using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Files.Safetensors;
using MedSeg.Network;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;

namespace MedSeg.Training;

/// <summary>The checkpoints of a run: the newest, some before it, and the one with the best validation Dice.</summary>
internal sealed class CheckpointStore(RunOptions run)
{
    // Checkpoints of an earlier run of the same name go when the first of this one is there.
    private bool _isFresh;
    private double _best = double.NegativeInfinity;

    /// <summary>Gets when the last checkpoint was written, in UTC.</summary>
    public DateTime Written { get; private set; } = DateTime.UtcNow;

    /// <summary>Gets a value indicating whether there is any checkpoint.</summary>
    public bool Any => Newest().Any();

    /// <summary>Says that checkpoints of an earlier run are not this run's.</summary>
    public void StartAnew() => _isFresh = true;

    /// <summary>Finds the newest checkpoint that is whole.</summary>
    /// <param name="warn">Is told of those that are not.</param>
    /// <returns>The state, the tensors and the path; null where there is no checkpoint.</returns>
    /// <exception cref="FileFormatException">There are checkpoints, but none is whole.</exception>
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
                    warn?.Invoke($"{first.Message} Going on from the checkpoint before it, {path}: {state.Epoch} epochs are done there.");
                }

                else if (path == run.BestPath)
                {
                    warn?.Invoke($"{run.CheckpointPath}: there is no such checkpoint. Going on from the one with the best validation Dice, {path}: {state.Epoch} epochs are done there.");
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

    /// <summary>Writes a checkpoint; the ones before it grow older, and the oldest goes.</summary>
    public void Write(Checkpoint state, NetworkParameters parameters, AdamOptimizer optimizer, WeightAverage? average)
    {
        SafetensorsFile content = state.ToCheckpoint(parameters, optimizer, average);
        AtomicFile.Write(run.CheckpointPath, content.Write, beforeReplacing: MakeRoom);
        Written = DateTime.UtcNow;
        if (state.StepInEpoch == 0 && state.History is [.., { ValidationDice: { } dice }] && dice > _best)
        {
            AtomicFile.Write(run.BestPath, content.Write);
            _best = dice;
        }
    }

    /// <summary>Says whether an epoch is better than all before, so that it must be kept.</summary>
    public bool IsBest(EpochRecord record) => record.ValidationDice > _best;

    private IEnumerable<string> Newest()
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

    // An earlier run may have kept more of them.
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
        int ages = MostAges();
        int kept = _isFresh ? 1 : run.KeepCheckpoints;
        for (int age = ages - 1; age >= kept - 1 && age > 0; age--)
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
