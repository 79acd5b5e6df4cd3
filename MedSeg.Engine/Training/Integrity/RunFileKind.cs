namespace MedSeg.Training.Integrity;

/// <summary>What a file of a training run is.</summary>
public enum RunFileKind
{
    /// <summary>The status file (.run.json), which Get-MedSegRun reads.</summary>
    Status,

    /// <summary>The trained model.</summary>
    Model,

    /// <summary>The newest checkpoint, or an earlier one.</summary>
    Checkpoint,

    /// <summary>The checkpoint with the best validation Dice.</summary>
    BestCheckpoint,

    /// <summary>The log (.log.jsonl), with one line for each epoch.</summary>
    Log,

    /// <summary>An event file of TensorBoard.</summary>
    TensorBoard,

    /// <summary>A file that a process did not finish writing.</summary>
    LeftOver,
}
