namespace MedSeg.Training;

/// <summary>How far a run is.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">The number of epochs.</param>
/// <param name="Step">The steps of this epoch that are done.</param>
/// <param name="Steps">The steps of an epoch.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, int Step, int Steps);
