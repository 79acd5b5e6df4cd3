namespace MedSeg.Training.Runs;

/// <summary>An epoch as the log of a run has it.</summary>
internal sealed record LoggedEpoch
{
    /// <summary>Gets the time of the line, in UTC; null where the line does not state it.</summary>
    public required DateTime? Time { get; init; }

    public required int Epoch { get; init; }

    public required int Epochs { get; init; }

    public required double Loss { get; init; }

    public required double Dice { get; init; }

    public required double LearningRate { get; init; }

    public required double SlicesPerSecond { get; init; }

    public required double Seconds { get; init; }

    public required long? PeakMemory { get; init; }

    public required string Device { get; init; }

    /// <summary>Gets a value indicating whether a checkpoint was written after the epoch.</summary>
    public required bool HasCheckpoint { get; init; }

    public required double? ValidationDice { get; init; }

    /// <summary>Gets the Dice score of each ROI (NaN where no slice has it) and the number of its slices (0 in logs of earlier builds); null where the epoch was not validated.</summary>
    public required IReadOnlyList<(string Name, double Dice, int Slices)>? Scores { get; init; }
}
