using MedSeg.Data.Samples;
using System.Globalization;
using System.Text.Json.Serialization;
using MedSeg.Augmentation;
using MedSeg.Devices;
using MedSeg.Distributed;
using MedSeg.Errors;
using MedSeg.Network.Definition;
using MedSeg.Network.Losses;
using MedSeg.Options;
using MedSeg.Training.Batches;
using MedSeg.Training.Optimization;
using MedSeg.Training.Splits;

namespace MedSeg.Training;

/// <summary>How a network is trained; the defaults are the published ones (Dourthe et al. 2021).</summary>
/// <remarks>Messages name the options as PowerShell's parameters: <c>-BatchSize</c> is <see cref="BatchSize"/>.</remarks>
public sealed record TrainingOptions : AugmentationOptions
{
    /// <summary>The largest number of epochs, and of epochs between two events.</summary>
    public const int MaxEpochs = 1_000_000;

    /// <summary>The largest batch.</summary>
    public const int MaxBatchSize = 1024;

    /// <summary>The largest number of shares.</summary>
    public const int MaxShares = MaxBatchSize;

    /// <summary>The smallest learning rate.</summary>
    public const double MinLearningRate = 1e-9;

    /// <summary>The largest dropout probability.</summary>
    public const double MaxDropoutRate = 0.95;

    /// <summary>The largest number of channels of the first level.</summary>
    public const int MaxBaseWidth = NetworkOptions.MaxBaseWidth;

    /// <summary>The largest limit of the gradient's norm.</summary>
    public const double MaxGradientClip = 1e9;

    /// <summary>The largest decay of the weights' moving average.</summary>
    public const double MaxWeightAveraging = 0.99999;

    /// <summary>The largest share of patients that can be held out.</summary>
    public const double MaxValidationFraction = 0.9;

    /// <summary>The largest number of folds.</summary>
    public const int MaxFolds = 1000;

    /// <summary>Gets the number of epochs, from 1 to 1,000,000.</summary>
    [OptionRange(1, MaxEpochs)]
    public int Epochs { get; init; } = 500;

    /// <summary>Gets the number of slices per training step, from 1 to 1024.</summary>
    [OptionRange(1, MaxBatchSize)]
    public int BatchSize { get; init; } = 5;

    /// <summary>Gets Adam's learning rate, from 1e-9 to 1.</summary>
    [OptionRange(MinLearningRate, 1)]
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Gets the dropout probability, from 0 to 0.95.</summary>
    [OptionRange(0, MaxDropoutRate)]
    public double DropoutRate { get; init; } = 0.3;

    /// <summary>Gets the architecture of the network; files that do not state it, as those of earlier builds, are of the published one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public NetworkArchitecture Architecture { get; init; }

    /// <summary>Gets the number of channels of the first level, up to 256; 0 for the published S / 16, and for 16 in a U-Net.</summary>
    [OptionRange(0, MaxBaseWidth)]
    public int BaseWidth { get; init; }

    /// <summary>Gets the number of epochs from one validation to the next.</summary>
    [OptionRange(1, MaxEpochs)]
    public int ReportInterval { get; init; } = 10;

    /// <summary>Gets the number of epochs from one checkpoint to the next.</summary>
    [OptionRange(1, MaxEpochs)]
    public int CheckpointInterval { get; init; } = 100;

    /// <summary>Gets the number of epochs after which <see cref="LearningRateSchedule.Step"/> divides the learning rate by ten.</summary>
    [OptionRange(1, MaxEpochs)]
    public int DecayEpoch { get; init; } = 1000;

    /// <summary>Gets the loss function.</summary>
    public LossFunction Loss { get; init; }

    /// <summary>Gets the learning-rate schedule.</summary>
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>Gets the number of epochs over which the learning rate rises to its full value, in equal steps; 0 for none.</summary>
    [OptionRange(0, MaxEpochs)]
    public int WarmupEpochs { get; init; }

    /// <summary>Gets the value to which the global norm of the gradient is clipped; 0 for no clipping.</summary>
    [OptionRange(0, MaxGradientClip)]
    public double GradientClip { get; init; }

    /// <summary>Gets the decay of the exponential moving average (EMA) of the weights, below 1; 0 uses the last weights.</summary>
    [OptionRange(0, MaxWeightAveraging)]
    public double WeightAveraging { get; init; }

    /// <summary>Gets the number of epochs without a better validation Dice after which training stops early; 0 never stops early.</summary>
    [OptionRange(0, MaxEpochs)]
    public int Patience { get; init; }

    /// <summary>Gets a value indicating whether slices are sampled so that every ROI occurs equally often.</summary>
    public bool BalancedSampling { get; init; }

    /// <summary>
    /// Gets a value indicating whether validation compares masks at the network's input size, which is faster than at the size of the images. The
    /// validation Dice is then not what the evaluation of the model gives.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FastValidation { get; init; }

    /// <summary>
    /// Gets a value indicating whether the backward pass on the CPU computes images of the network again instead of keeping all of them (Chen et al.
    /// 2016, <i>Training deep nets with sublinear memory cost</i>). Losses and weights are the same. Where torch computes convolutions in bfloat16, the
    /// memory of large blocks is returned to the system instead, on Linux.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SaveMemory { get; init; }

    /// <summary>Gets the share of patients that are held out, from 0 to 0.9.</summary>
    [OptionRange(0, MaxValidationFraction)]
    public double ValidationFraction { get; init; }

    /// <summary>Gets the number of folds, from 2 to 1000; 0 for none.</summary>
    [OptionRange(2, MaxFolds, AllowsZero = true)]
    public int Folds { get; init; }

    /// <summary>Gets the fold that is held out, from 1 to <see cref="Folds"/>, or one of those in <see cref="FoldPath"/>.</summary>
    [OptionRange(1, int.MaxValue)]
    public int Fold { get; init; } = 1;

    /// <summary>Gets the absolute path of a file that lists the fold of each sample; null to divide the groups into <see cref="Folds"/>.</summary>
    public string? FoldPath { get; init; }

    /// <summary>Gets what keeps samples together: a property such as Patient, or a regular expression on the name; null for the patient.</summary>
    public string? GroupBy { get; init; }

    /// <summary>Gets the seed of all random numbers.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Gets the number of shares that each batch is divided into, up to <see cref="BatchSize"/>: processes that train together compute some of
    /// them each, and the gradients of all are added in an order that depends on this number alone. 0 for as many as there are processes; one
    /// process then does not divide the batch.
    /// </summary>
    [OptionRange(0, MaxShares)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Shares { get; init; }

    /// <summary>
    /// Gets the format in which the gradients of the shares are added up and sent between processes. Without shares nothing is sent, and it has no
    /// effect.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public GradientFormat GradientFormat { get; init; }

    /// <summary>
    /// Gets the number format of the convolutions and of the images between them. A run settles Auto when it starts, and its checkpoints state what
    /// was chosen.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Precision Precision { get; init; }

    /// <summary>Returns the options of a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <returns>The options; change single ones using <see langword="with"/>.</returns>
    public static TrainingOptions For(Recipe recipe) => recipe == Recipe.Published ? new TrainingOptions() : new TrainingOptions
    {
        Architecture = NetworkArchitecture.PyramidNorm,
        Epochs = 400,
        LearningRate = 2e-3,
        DropoutRate = 0,
        Loss = LossFunction.BatchDiceCrossEntropy,
        WarmupEpochs = 2,
        GradientClip = 1,
        WeightAveraging = 0.99,
        CropMinimum = 0.7,
        CropMaximum = 1,
    };

    /// <summary>Returns these options with some of them replaced.</summary>
    /// <param name="values">Values by the options' names.</param>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentException">There is no option of a name, or a value is not of its option's type.</exception>
    public TrainingOptions With(IEnumerable<KeyValuePair<string, object?>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        TrainingOptions copy = this with { };
        foreach ((string name, object? value) in values)
        {
            if (!IsOption(name))
            {
                string? near = NearestName.Find(name, typeof(TrainingOptions).GetProperties().Select(p => p.Name).Where(IsOption));
                throw new ArgumentException($"There is no training option '{name}'.{(near is null ? string.Empty : $" Did you mean {near}?")}", nameof(values));
            }

            typeof(TrainingOptions).GetProperty(name)!.SetValue(copy, value);
        }

        return copy;
    }

    /// <summary>Checks whether there is an option of a name.</summary>
    /// <param name="name">The name; its case matters.</param>
    public static bool IsOption(string name) => typeof(TrainingOptions).GetProperty(name) is { CanWrite: true };

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Split.Validate();
        if (Shares > BatchSize)
        {
            throw new MedSegException(
                ErrorKind.InvalidArgument, ErrorIds.SharesNotPossible, $"A batch of {BatchSize} slices (-BatchSize) cannot be divided into {Shares} shares (-Shares).")
            {
                Advice = "Give at most as many shares as slices.",
            };
        }
    }

    /// <summary>Lists what differs from the published options.</summary>
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

    /// <summary>Returns the form of the network that these options train.</summary>
    /// <param name="input">The shape of the input.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>The published network, except for architecture, width and dropout.</returns>
    internal NetworkOptions NetworkFor(InputShape input, int roiCount) => new()
    {
        Architecture = Architecture,
        InputSize = input.Size,
        Channels = input.Channels,
        RoiCount = roiCount,
        BaseWidth = BaseWidth > 0 ? BaseWidth : NetworkOptions.DefaultWidth(Architecture, input.Size),
        DropoutRate = DropoutRate,
    };

    /// <summary>Computes the learning rate of an epoch, by schedule and warm-up.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <returns>The learning rate.</returns>
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
