using MedSeg.Errors;
using MedSeg.Options;

namespace MedSeg.Tests.Options;

/// <summary>The check of options against the ranges that their properties state.</summary>
public sealed class OptionRangesTests
{
    [Theory]
    [InlineData(1, 0.5, 0)]
    [InlineData(9, 0, 0)]
    [InlineData(5, 1, 2)]
    [InlineData(5, 1, 7)]
    public void Values_in_their_ranges_pass(int count, double share, int folds) =>
        OptionRanges.Require(new Sample { Count = count, Share = share, Folds = folds });

    [Theory]
    [InlineData(0, 0.5, 0, "-Count is 0; it must be a whole number from 1 to 9. Change -Count.")]
    [InlineData(10, 0.5, 0, "-Count is 10; it must be a whole number from 1 to 9. Change -Count.")]
    [InlineData(1, -1e-9, 0, "-Share is -1E-09; it must be a number from 0 to 1. Change -Share.")]
    [InlineData(1, double.NaN, 0, "-Share is NaN; it must be a number from 0 to 1. Change -Share.")]
    [InlineData(1, double.PositiveInfinity, 0, "-Share is Infinity; it must be a number from 0 to 1. Change -Share.")]
    [InlineData(1, double.NegativeInfinity, 0, "-Share is -Infinity; it must be a number from 0 to 1. Change -Share.")]
    [InlineData(1, 0.5, 1, "-Folds is 1; it must be a whole number from 2 to 7, or 0. Change -Folds.")]
    [InlineData(1, 0.5, -1, "-Folds is -1; it must be a whole number from 2 to 7, or 0. Change -Folds.")]
    public void Value_outside_its_range_is_refused_with_name_value_and_range(int count, double share, int folds, string message)
    {
        MedSegException error = Assert.Throws<MedSegException>(() => OptionRanges.Require(new Sample { Count = count, Share = share, Folds = folds }));

        Assert.Equal((ErrorKind.InvalidArgument, "OptionOutOfRange"), (error.Kind, error.ErrorId));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Enumeration_value_without_a_name_is_refused()
    {
        MedSegException error = Assert.Throws<MedSegException>(() => OptionRanges.Require(new Sample { Day = (DayOfWeek)12 }));

        Assert.StartsWith("-Day is 12; it must be one of Sunday, Monday", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Epoch", "Epochs")]
    [InlineData("batchsiez", "BatchSize")]
    [InlineData("Temperature", null)]
    public void Nearest_name_is_found_by_edit_distance(string typed, string? expected) =>
        Assert.Equal(expected, NearestName.Find(typed, ["Epochs", "BatchSize", "Fold"]));

    private sealed record Sample
    {
        [OptionRange(1, 9)]
        public int Count { get; init; } = 1;

        [OptionRange(0, 1)]
        public double Share { get; init; }

        [OptionRange(2, 7, AllowsZero = true)]
        public int Folds { get; init; }

        public DayOfWeek Day { get; init; }
    }
}
