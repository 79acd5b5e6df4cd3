using MedSeg.Files;
using MedSeg.Files.Safetensors;

namespace MedSeg.Training;

/// <summary>Decides when a run writes a checkpoint, and which weights become the trained model.</summary>
/// <param name="plan">The intervals, and where to write.</param>
/// <param name="model">The weights and moments.</param>
/// <param name="store">The run's checkpoints.</param>
internal sealed class CheckpointPolicy(TrainingPlan plan, TrainingModel model, CheckpointStore store)
{
    /// <summary>Writes what is due after an epoch: a checkpoint, and after the last epoch the model.</summary>
    /// <param name="state">The state after the epoch.</param>
    /// <param name="record">The epoch's record.</param>
    /// <param name="isLast">Whether the run ends with this epoch.</param>
    /// <returns>The record with the paths of what was written.</returns>
    public EpochRecord Save(Checkpoint state, EpochRecord record, bool isLast)
    {
        bool isDue = record.Epoch % plan.Options.CheckpointInterval == 0 || DateTime.UtcNow - store.Written >= plan.Run.CheckpointTime;
        if (isLast || isDue || store.IsBest(record))
        {
            Save(state);
            record = record with { CheckpointPath = store.WrittenPath };
        }

        if (isLast)
        {
            record = record with { ModelPath = WriteModel(state) };
        }

        return record;
    }

    /// <summary>Writes a checkpoint now.</summary>
    /// <param name="state">The state to which the weights belong.</param>
    public void Save(Checkpoint state) => model.Save(store, state);

    /// <summary>
    /// Writes a checkpoint after an error within an epoch: of its last step, or of its start where the weights may be those of a NaN loss. Weights or
    /// moments that are not finite, because only the gradients overflowed, are not written.
    /// </summary>
    /// <param name="state">The state after the last step or, where the model is not sound, at the start of the epoch.</param>
    public void SaveAfterFailure(Checkpoint state)
    {
        model.Rewind();
        if (model.IsFinite())
        {
            Save(state);
        }
    }

    /// <summary>Writes the model of a finished run where it is missing: a process may have ended between the last checkpoint and the model.</summary>
    /// <param name="state">The state after the last epoch.</param>
    public void RequireModel(Checkpoint state)
    {
        if (!File.Exists(plan.Run.ModelPath))
        {
            _ = WriteModel(state);
        }
    }

    private string WriteModel(Checkpoint state) => AtomicFile.Write(
        plan.Run.ModelPath, ModelOf(state), replace: true, numbering: store.Numbering with { Reuse = false, Outlook = "It is the trained model." });

    // With early stopping the best checkpoint becomes the model; otherwise the last weights do, as published.
    private Action<Stream> ModelOf(Checkpoint state)
    {
        if (plan.Options.Patience > 0 && File.Exists(store.BestPath))
        {
            (Checkpoint best, SafetensorsFile file) = Checkpoint.Read(store.BestPath);
            return best.ToModel(file).Write;
        }

        return model.ToModel(state).Write;
    }
}
