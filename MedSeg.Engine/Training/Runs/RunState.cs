namespace MedSeg.Training.Runs;

/// <summary>Whether a training run is running, or how it ended.</summary>
public enum RunState
{
    /// <summary>A process is training.</summary>
    Running,

    /// <summary>All epochs are done and the model is written.</summary>
    Finished,

    /// <summary>Ctrl+C or a signal ended the run, which saved a checkpoint; -Resume continues it.</summary>
    Interrupted,

    /// <summary>The run ended with an error, or its process was killed, or the computer was switched off; -Resume continues from the last checkpoint.</summary>
    Failed,

    /// <summary>Stop-MedSegRun stopped the run; -Resume continues it.</summary>
    Stopped,

    /// <summary>Successive halving dropped the run of a sweep before its last epoch. Its status file says Interrupted, since its checkpoint can be resumed.</summary>
    Dropped,
}
