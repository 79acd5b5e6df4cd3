using System.Globalization;
using MedSeg.Augmentation;
using MedSeg.Network;
using MedSeg.Network.Losses;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using MedSeg.Training.Splits;

namespace MedSeg.Training;

/// <summary>The settings of a training run; the defaults are the published ones.</summary>
public sealed record TrainingOptions : AugmentationOptions
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

    /// <summary>Gets what training minimises.</summary>
    public LossFunction Loss { get; init; }

    /// <summary>Gets how the learning rate changes.</summary>
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>Gets the epochs over which the learning rate rises to its full height, in equal steps.</summary>
    public int WarmupEpochs { get; init; }

    /// <summary>Gets the greatest norm of the gradient of all weights together; 0 sets no limit.</summary>
    public double GradientClip { get; init; }

    /// <summary>Gets how much of the running mean of the weights a step keeps, below 1; 0 takes the last weights.</summary>
    public double WeightAveraging { get; init; }

    /// <summary>Gets the epochs without a better validation Dice after which training ends; 0 goes on to the last.</summary>
    public int Patience { get; init; }

    /// <summary>Gets a value indicating whether an epoch draws slices so that all ROIs come equally often.</summary>
    public bool BalancedSampling { get; init; }

    /// <summary>Gets the share of patients that are held out, from 0 to below 1.</summary>
    public double ValidationFraction { get; init; }

    /// <summary>Gets the number of folds of a cross-validation; 0 for none.</summary>
    public int Folds { get; init; }

    /// <summary>Gets the fold that is held out, from 1 to <see cref="Folds"/>.</summary>
    public int Fold { get; init; } = 1;

    /// <summary>Gets the absolute path of a file that lists the fold of each sample; null to make folds by group.</summary>
    public string? FoldPath { get; init; }

    /// <summary>Gets what keeps samples together: a property such as Patient, or a regular expression on the name; null for the patient.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Gets the seed of all random numbers.</summary>
    public int Seed { get; init; }

    /// <summary>Gives the options of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <returns>The options, which single ones may still replace.</returns>
    public static TrainingOptions For(Recipe recipe) => recipe == Recipe.Published ? new TrainingOptions() : new TrainingOptions
    {
        Epochs = 400,
        LearningRate = 2e-3,
        DropoutRate = 0,
        Loss = LossFunction.DiceCrossEntropy,
        WarmupEpochs = 2,
        GradientClip = 1,
        WeightAveraging = 0.99,
        CropMinimum = 0.7,
        CropMaximum = 1,
    };

    /// <summary>Gives these options with some of them replaced.</summary>
    /// <param name="values">Values by the options' names; names that no option has are passed over.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">A value is not of its option's type.</exception>
    public TrainingOptions With(IEnumerable<KeyValuePair<string, object?>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        TrainingOptions copy = this with { };
        foreach ((string name, object? value) in values)
        {
            if (typeof(TrainingOptions).GetProperty(name) is { CanWrite: true } option)
            {
                option.SetValue(copy, value);
            }
        }

        return copy;
    }

    /// <summary>Writes what differs from the published settings.</summary>
    /// <returns>For example <c>as published, but for Epochs 100, Seed 3</c>.</returns>
    public override string ToString()
    {
        var published = new TrainingOptions();
        string[] differences =
        [
            .. typeof(TrainingOptions).GetProperties().Where(option => option.CanWrite && !Equals(option.GetValue(this), option.GetValue(published)))
                .Select(option => string.Create(CultureInfo.InvariantCulture, $"{option.Name} {option.GetValue(this)}")),
        ];
        return differences.Length == 0 ? "as published" : $"as published, but for {string.Join(", ", differences)}";
    }

    /// <summary>Gets the options that decide which samples are held out.</summary>
    internal SplitOptions Split => new()
    {
        ValidationFraction = ValidationFraction,
        Folds = Folds,
        Fold = Fold,
        FoldPath = FoldPath,
        GroupBy = GroupBy,
        Seed = Seed,
    };

    /// <summary>Gets the options that decide how batches are drawn.</summary>
    internal BatchOptions Batches => new() { BatchSize = BatchSize, Seed = Seed, BalancedSampling = BalancedSampling, Augmentation = this };

    /// <summary>Gives the form of the network that these settings train.</summary>
    /// <param name="inputSize">The side S of the input, in pixels.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>The published network, but for width and dropout.</returns>
    internal NetworkOptions Architecture(int inputSize, int roiCount)
    {
        NetworkOptions architecture = NetworkOptions.Published(inputSize, roiCount) with { DropoutRate = DropoutRate };
        return BaseWidth > 0 ? architecture with { BaseWidth = BaseWidth } : architecture;
    }

    /// <summary>Gives the learning rate of an epoch.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>The step size.</returns>
    public double LearningRateAt(int epoch)
    {
        double done = Math.Min(1, (epoch - 1) / (double)Epochs);
        double factor = Schedule switch
        {
            LearningRateSchedule.Constant => 1,
            LearningRateSchedule.Polynomial => Math.Pow(1 - done, 0.9),
            LearningRateSchedule.Cosine => (1 + Math.Cos(Math.PI * done)) / 2,
            _ => Math.Pow(0.1, (epoch - 1) / DecayEpoch),
        };
        return LearningRate * factor * (epoch <= WarmupEpochs ? epoch / (WarmupEpochs + 1.0) : 1);
    }
}
