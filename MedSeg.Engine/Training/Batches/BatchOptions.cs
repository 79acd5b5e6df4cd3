using MedSeg.Augmentation;

namespace MedSeg.Training.Batches;

/// <summary>How the batches of an epoch are sampled.</summary>
internal sealed record BatchOptions
{
    /// <summary>Gets the number of slices per training step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Gets the seed of order and transforms.</summary>
    public required int Seed { get; init; }

    /// <summary>Gets a value indicating whether slices are sampled so that every ROI occurs equally often.</summary>
    public bool BalancedSampling { get; init; }

    /// <summary>Gets the number of shares that a batch is divided into; the batches of one process that does not divide them have one.</summary>
    public int Shares { get; init; } = 1;

    /// <summary>Gets the first of the shares that this process computes.</summary>
    public int FirstShare { get; init; }

    /// <summary>Gets the number of shares that this process computes.</summary>
    public int OwnShares { get; init; } = 1;

    /// <summary>Gets the ranges and probabilities of the random transforms.</summary>
    public required AugmentationOptions Augmentation { get; init; }
}
