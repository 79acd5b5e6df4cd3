using MedSeg.Options;

namespace MedSeg.Training.Sweeps;

/// <summary>Successive halving of a sweep (Jamieson and Talwalkar 2016): all runs train for a few epochs, the best of them for more, and so on.</summary>
public sealed record HalvingOptions
{
    /// <summary>The smallest factor.</summary>
    public const int MinFactor = 2;

    /// <summary>The largest factor.</summary>
    public const int MaxFactor = 100;

    /// <summary>Gets the factor, from 2 to 100: one of so many runs trains on after a round, for so many times the epochs.</summary>
    [OptionRange(MinFactor, MaxFactor)]
    public int Factor { get; init; } = MinFactor;

    /// <summary>Gets the epochs of the first round; 0 for as few as leave one run to train to the end, if the runs are a power of the factor.</summary>
    [OptionRange(0, TrainingOptions.MaxEpochs)]
    public int FirstEpochs { get; init; }
}
