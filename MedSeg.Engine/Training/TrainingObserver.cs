namespace MedSeg.Training;

/// <summary>Who is told how a run goes; everything is called on the thread that walks the run's records.</summary>
public sealed record TrainingObserver
{
    /// <summary>Gets what is told of each step.</summary>
    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Gets what is told the fold of a cross-validation that begins.</summary>
    public Action<int>? Fold { get; init; }

    /// <summary>Gets what is told of each decision that the run makes.</summary>
    public Action<string>? Decision { get; init; }

    /// <summary>Gets what is told of things to act on.</summary>
    public Action<string>? Warning { get; init; }
}
