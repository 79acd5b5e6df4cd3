namespace MedSeg.Training;

/// <summary>The settings of a training run; the defaults are the published ones.</summary>
public sealed record TrainingOptions
{
    /// <summary>Gets the number of epochs.</summary>
    public int Epochs { get; init; } = 500;

    /// <summary>Gets the number of slices a step.</summary>
    public int BatchSize { get; init; } = 5;

    /// <summary>Gets Adam's step size.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Gets the dropout probability, from 0 to below 1.</summary>
    public double DropoutRate { get; init; } = 0.3;

    /// <summary>Gets the channels of the first level; 0 stands for S / 16.</summary>
    public int BaseWidth { get; init; }

    /// <summary>Gets the number of epochs from one validation to the next.</summary>
    public int ReportInterval { get; init; } = 10;

    /// <summary>Gets the number of epochs from one checkpoint to the next.</summary>
    public int CheckpointInterval { get; init; } = 100;

    /// <summary>Gets the number of epochs after which the learning rate falls to a tenth.</summary>
    public int DecayEpoch { get; init; } = 1000;

    /// <summary>Gets the largest rotation, in degrees either way.</summary>
    public double RotationDegrees { get; init; } = 5;

    /// <summary>Gets the smallest factor by which an axis is shrunk.</summary>
    public double WarpMinimum { get; init; } = 0.8;

    /// <summary>Gets the smallest side of a crop, as a share of S.</summary>
    public double CropMinimum { get; init; } = 0.5;

    /// <summary>Gets the largest side of a crop, as a share of S.</summary>
    public double CropMaximum { get; init; } = 0.8;

    /// <summary>Gets the probability of each of rotation, warp and crop.</summary>
    public double AugmentationProbability { get; init; } = 0.5;

    /// <summary>Gets the share of patients that are held out, from 0 to below 1.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>Gets the seed of all random numbers.</summary>
    public int Seed { get; init; }

    /// <summary>Gives the learning rate of an epoch.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>The step size.</returns>
    public double LearningRateAt(int epoch) => LearningRate * Math.Pow(0.1, (epoch - 1) / DecayEpoch);
}
