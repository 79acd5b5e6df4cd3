namespace MedSeg.Training;

/// <summary>A job that was given to the scheduler of a cluster.</summary>
public sealed record SubmittedJob
{
    /// <summary>Gets the number of the job, for <c>squeue --job</c> and <c>scancel</c>.</summary>
    public required string JobId { get; init; }

    /// <summary>Gets the start of the models' names, which -fold1 and so on follow.</summary>
    public required string ModelName { get; init; }

    /// <summary>Gets the folds, each of which is a task of the job.</summary>
    public required IReadOnlyList<int> Folds { get; init; }

    /// <summary>Gets the folder of the models and of what the tasks print.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the path of the script that was submitted.</summary>
    public required string ScriptPath { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{JobId}: {Folds.Count} folds of {ModelName}";
}
