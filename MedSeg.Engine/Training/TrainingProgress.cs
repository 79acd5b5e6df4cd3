using MedSeg.Threading;

namespace MedSeg.Training;

/// <summary>The progress of a training run, after each step. Items are steps of all epochs.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">The number of epochs.</param>
/// <param name="Step">The number of steps of this epoch that are done.</param>
/// <param name="Steps">The number of steps in an epoch.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, int Step, int Steps)
    : WorkProgress((((long)Epoch - 1) * Steps) + Step, (long)Epochs * Steps)
{
    /// <summary>Gets the fold that is held out in a cross-validation; null in a run of its own.</summary>
    public int? Fold { get; init; }
}
