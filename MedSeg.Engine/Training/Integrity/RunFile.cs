namespace MedSeg.Training.Integrity;

/// <summary>A file of a training run, and what its check has found.</summary>
public sealed record RunFile
{
    /// <summary>Gets the name of the run's model.</summary>
    public required string ModelName { get; init; }

    /// <summary>Gets what the file is.</summary>
    public required RunFileKind Kind { get; init; }

    /// <summary>Gets the result of the check.</summary>
    public required RunFileState State { get; init; }

    /// <summary>Gets what was found.</summary>
    public required string Finding { get; init; }

    /// <summary>Gets what to do; null where the file is in order.</summary>
    public string? Advice { get; init; }

    /// <summary>Gets the absolute path.</summary>
    public required string Path { get; init; }
}
