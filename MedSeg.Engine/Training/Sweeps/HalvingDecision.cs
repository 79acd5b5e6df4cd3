namespace MedSeg.Training.Sweeps;

/// <summary>What became of a run at the end of a round of successive halving.</summary>
internal sealed record HalvingDecision
{
    /// <summary>Gets the round.</summary>
    public required HalvingRound Round { get; init; }

    /// <summary>Gets the name of the run.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the place of the run in the round, from 1; runs with the same Dice are in the order of the sweep.</summary>
    public required int Rank { get; init; }

    /// <summary>Gets the number of runs in the round.</summary>
    public required int Runs { get; init; }

    /// <summary>Gets the number of runs that train on.</summary>
    public required int Kept { get; init; }

    /// <summary>Gets the validation Dice at the end of the round; null where the run failed.</summary>
    public double? ValidationDice { get; init; }

    /// <summary>Gets the lowest Dice of a run that trains on; null where none does.</summary>
    public double? LowestKept { get; init; }

    /// <summary>Gets why the run failed; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Gets a value indicating whether the run trains on, or has finished in the last round.</summary>
    public bool IsKept => Error is null && Rank <= Kept;

    /// <summary>Gets the decision and why it was made, in words.</summary>
    public string Reason => Error is not null ? $"failed: {Error}"
        : Round.Number == Round.Count ? FormattableString.Invariant($"finished: rank {Rank} of {Runs}")
        : IsKept ? FormattableString.Invariant($"kept: rank {Rank} of {Runs}, and the best {Kept} train on")
        : FormattableString.Invariant($"dropped: rank {Rank} of {Runs}, and the best {Kept} train on; Dice {ValidationDice:0.0000}, the lowest of these {LowestKept:0.0000}");
}
