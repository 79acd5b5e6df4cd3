using MedSeg.Wording;

namespace MedSeg.Training;

/// <summary>A job that was given to the scheduler of a cluster.</summary>
public sealed record SubmittedJob
{
    /// <summary>Gets the number of the job, for <c>squeue --job</c> and <c>scancel</c>.</summary>
    public required string JobId { get; init; }

    /// <summary>Gets the start of the models' names, which -fold1 and so on follow in a cross-validation.</summary>
    public required string ModelName { get; init; }

    /// <summary>Gets the folds, each of which is a task of the job; empty for a sweep.</summary>
    public required IReadOnlyList<int> Folds { get; init => field = ItemList<int>.Of(value); }

    /// <summary>Gets the runs of the tasks, in their order: the paths of their models relative to <see cref="OutputPath"/>, without the extension.</summary>
    public required IReadOnlyList<string> Runs { get; init => field = ItemList<string>.Of(value); }

    /// <summary>Gets the folder of the models and of what the tasks print.</summary>
    public required string OutputPath { get; init; }

    /// <summary>Gets the path of the script that was submitted.</summary>
    public required string ScriptPath { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Folds.Count > 0 ? $"{JobId}: {Folds.Count} folds of {ModelName}" : $"{JobId}: {Runs.Count} runs of {ModelName}";
}
