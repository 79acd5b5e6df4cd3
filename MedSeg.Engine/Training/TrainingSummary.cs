using MedSeg.Inspection;

namespace MedSeg.Training;

/// <summary>How MedSeg trained a model: what its file says in addition to the description.</summary>
internal sealed record TrainingSummary
{
    /// <summary>Gets the identity of the run, which stays the same when it is resumed.</summary>
    public required string Run { get; init; }

    /// <summary>Gets the number of optimizer steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Gets the options.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Gets the number of training slices.</summary>
    public required int TrainingSlices { get; init; }

    /// <summary>Gets the number of validation slices.</summary>
    public required int ValidationSlices { get; init; }

    /// <summary>Gets the profile of the training slices; null in files written before it was recorded.</summary>
    public TrainingDataProfile? TrainingData { get; init; }

    /// <summary>Gets the records of the finished epochs.</summary>
    public required IReadOnlyList<EpochRecord> History { get; init; }
}
