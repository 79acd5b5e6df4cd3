namespace MedSeg.Training.Runs;

/// <summary>What has become of a training run.</summary>
public enum RunState
{
    /// <summary>A process is training.</summary>
    Running,

    /// <summary>All epochs are done and the model is written.</summary>
    Finished,

    /// <summary>The run was stopped, or its process ended or the machine was switched off; it can go on with -Resume.</summary>
    Interrupted,

    /// <summary>The run ended with an error.</summary>
    Failed,
}
