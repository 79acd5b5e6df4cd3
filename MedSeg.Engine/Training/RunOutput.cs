using MedSeg.Training.Runs;

namespace MedSeg.Training;

/// <summary>What a run writes, and where others ask it to stop. Of ranks that train together, only rank 0 has it.</summary>
/// <param name="Checkpoints">Writes checkpoints and the model.</param>
/// <param name="Journal">Receives each epoch and the end of the run.</param>
/// <param name="Stop">Where another process asks the run to stop.</param>
internal sealed record RunOutput(CheckpointPolicy Checkpoints, RunJournal Journal, StopRequest Stop);
