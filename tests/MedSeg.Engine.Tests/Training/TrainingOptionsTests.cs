using System.Globalization;
using System.Reflection;
using MedSeg.Data;
using MedSeg.Errors;
using MedSeg.Data.Samples;
using MedSeg.Network.Losses;
using MedSeg.Options;
using MedSeg.Reports;
using MedSeg.Training;
using MedSeg.Training.Optimization;
using MedSeg.Training.Runs;

namespace MedSeg.Tests.Training;

/// <summary>What the engine refuses of a run's options, and where it looks at them.</summary>
public sealed class TrainingOptionsTests
{
    private static readonly RunOptions s_run = new() { OutputPath = Path.Combine(Path.GetTempPath(), "medseg-never-written") };

    public static TheoryData<TrainingOptions, string, string> Invalid => new()
    {
        { new TrainingOptions { Epochs = -1 }, "OptionOutOfRange", "-Epochs is -1; it must be a whole number from 1 to 1000000." },
        { new TrainingOptions { BatchSize = 0 }, "OptionOutOfRange", "-BatchSize is 0; it must be a whole number from 1 to 1024." },
        { new TrainingOptions { ReportInterval = 0 }, "OptionOutOfRange", "-ReportInterval is 0; it must be a whole number from 1 to 1000000." },
        { new TrainingOptions { CheckpointInterval = 0 }, "OptionOutOfRange", "-CheckpointInterval is 0;" },
        { new TrainingOptions { DecayEpoch = 0 }, "OptionOutOfRange", "-DecayEpoch is 0;" },
        { new TrainingOptions { LearningRate = double.NaN }, "OptionOutOfRange", "-LearningRate is NaN; it must be a number from 1E-09 to 1." },
        { new TrainingOptions { LearningRate = double.PositiveInfinity }, "OptionOutOfRange", "-LearningRate is Infinity;" },
        { new TrainingOptions { DropoutRate = 1 }, "OptionOutOfRange", "-DropoutRate is 1; it must be a number from 0 to 0.95." },
        { new TrainingOptions { RotationDegrees = double.NaN }, "OptionOutOfRange", "-RotationDegrees is NaN; it must be a number from 0 to 180." },
        { new TrainingOptions { WarpMinimum = 0 }, "OptionOutOfRange", "-WarpMinimum is 0; it must be a number from 0.1 to 1." },
        { new TrainingOptions { CropMinimum = 3, CropMaximum = 0.1 }, "OptionOutOfRange", "-CropMinimum is 3;" },
        { new TrainingOptions { CropMinimum = 0.9 }, "CropInvalid", "-CropMinimum is 0.9, which is more than -CropMaximum, 0.8." },
        { new TrainingOptions { Loss = (LossFunction)9 }, "OptionOutOfRange", "-Loss is 9; it must be one of Dice, BatchDice" },
        { new TrainingOptions { Schedule = (LearningRateSchedule)9 }, "OptionOutOfRange", "-Schedule is 9; it must be one of Step, Constant" },
        { new TrainingOptions { ValidationFraction = 1 }, "OptionOutOfRange", "-ValidationFraction is 1; it must be a number from 0 to 0.9." },
        { new TrainingOptions { Folds = 1 }, "OptionOutOfRange", "-Folds is 1; it must be a whole number from 2 to 1000, or 0." },
        { new TrainingOptions { Folds = 3, Fold = 0 }, "OptionOutOfRange", "-Fold is 0;" },
        { new TrainingOptions { Folds = 3, Fold = 4 }, "FoldInvalid", "-Fold 4 was given, but there are 3 folds. Give a -Fold from 1 to 3." },
        { new TrainingOptions { Fold = 2 }, "OptionMissing", "-Fold 2 was given without -Folds or -FoldPath, so there are no folds." },
        { new TrainingOptions { Folds = 3, ValidationFraction = 0.2 }, "ValidationTwice", "Both folds and a validation fraction were given." },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Invalid_options_are_refused_before_anything_starts(TrainingOptions options, string id, string message)
    {
        // A cross-validation replaces the fold, and has an error of its own for a single one.
        bool isOfFolds = message.StartsWith("-Fold", StringComparison.Ordinal);
        Action[] edges =
        [
            options.Validate,
            () => _ = new Trainer(Empty(), options, s_run),
            () => BatchPreview.FirstBatch(Empty(), options),
            () => TransformPreview.Extremes(Empty(), options),
            .. isOfFolds ? (Action[])[] : [() => _ = new CrossValidation(Empty(), options.Folds > 0 ? options : options with { Folds = 2 }, s_run)],
        ];
        foreach (Action edge in edges)
        {
            MedSegException error = Assert.Throws<MedSegException>(edge);

            Assert.Equal((ErrorKind.InvalidArgument, id), (error.Kind, error.ErrorId));
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
            Assert.NotNull(error.Advice);
        }

        Assert.False(Directory.Exists(s_run.OutputPath));
    }

    [Fact]
    public void Both_ends_of_every_range_are_allowed_and_what_is_beyond_or_no_number_is_not()
    {
        int ranges = 0;
        foreach (PropertyInfo option in typeof(TrainingOptions).GetProperties().Where(p => p.CanWrite && p.PropertyType != typeof(string) && p.PropertyType != typeof(bool) && !p.PropertyType.IsEnum && p.Name != "Seed"))
        {
            OptionRangeAttribute? range = option.GetCustomAttribute<OptionRangeAttribute>();
            Assert.True(range is not null, $"{option.Name} has no range.");
            OptionRanges.Require(With(option, range.Minimum));
            OptionRanges.Require(With(option, range.Maximum));
            Assert.Equal("OptionOutOfRange", Assert.Throws<MedSegException>(() => OptionRanges.Require(With(option, range.Minimum - 1))).ErrorId);
            if (range.Maximum < int.MaxValue)
            {
                Assert.Equal("OptionOutOfRange", Assert.Throws<MedSegException>(() => OptionRanges.Require(With(option, range.Maximum + 1))).ErrorId);
            }

            if (option.PropertyType == typeof(double))
            {
                Assert.Throws<MedSegException>(() => OptionRanges.Require(With(option, double.NaN)));
                Assert.Throws<MedSegException>(() => OptionRanges.Require(With(option, double.PositiveInfinity)));
            }

            ranges++;
        }

        Assert.Equal(28, ranges);
    }

    [Theory]
    [InlineData(Recipe.Published)]
    [InlineData(Recipe.Best)]
    public void Recipes_are_valid(Recipe recipe) => TrainingOptions.For(recipe).Validate();

    [Fact]
    public void Number_of_kept_checkpoints_is_checked_as_well() =>
        Assert.StartsWith("-KeepCheckpoints is 0; it must be a whole number from 1 to 1000.", Assert.Throws<MedSegException>(() => new Trainer(Empty(), new TrainingOptions(), s_run with { KeepCheckpoints = 0 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Options_are_replaced_by_name()
    {
        TrainingOptions options = new TrainingOptions { Seed = 4 }.With([new("Epochs", 7), new("Loss", LossFunction.BatchDice), new("GroupBy", null)]);

        Assert.Equal(new TrainingOptions { Seed = 4, Epochs = 7, Loss = LossFunction.BatchDice }, options);
    }

    [Theory]
    [InlineData("Epoch", "There is no training option 'Epoch'. Did you mean Epochs?")]
    [InlineData("batchsize", "There is no training option 'batchsize'. Did you mean BatchSize?")]
    [InlineData("Optimiser", "There is no training option 'Optimiser'. (Parameter 'values')")]
    [InlineData("Split", "There is no training option 'Split'.")]
    public void Unknown_name_is_refused_with_the_nearest_one(string name, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => new TrainingOptions().With([new(name, 1)])).Message, StringComparison.Ordinal);

    private static TrainingOptions With(PropertyInfo option, double value) =>
        new TrainingOptions().With([new(option.Name, Convert.ChangeType(value, option.PropertyType, CultureInfo.InvariantCulture))]);

    private static Dataset Empty() => new()
    {
        DicomPath = "/none",
        LabelPath = "/none",
        Preprocessing = new Preprocessing { InputSize = 32 },
        LabelNames = ["A"],
        Samples = [],
    };
}
