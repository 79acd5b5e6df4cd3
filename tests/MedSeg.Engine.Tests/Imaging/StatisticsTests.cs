using MedSeg.Imaging;

namespace MedSeg.Tests.Imaging;

public class StatisticsTests
{
    [Theory]
    [InlineData(new double[0], double.NaN)]
    [InlineData(new[] { 3.5 }, 3.5)]
    [InlineData(new[] { 2.0, 4, 4, 4, 5, 5, 7, 9 }, 5)]
    [InlineData(new[] { -1.0, 1 }, 0)]
    [InlineData(new[] { 1.0, double.NaN }, double.NaN)]
    public void Mean_is_the_sum_divided_by_n(double[] values, double expected) => Assert.Equal(expected, Statistics.Mean(values));

    [Theory]
    [InlineData(new double[0], double.NaN)]
    [InlineData(new[] { 3.5 }, double.NaN)]
    [InlineData(new[] { 3.5, 3.5 }, 0)]
    [InlineData(new[] { 1.0, 2, 3, 4, 5 }, 1.5811388300841898)] // √(10 / 4)
    [InlineData(new[] { 2.0, 4, 4, 4, 5, 5, 7, 9 }, 2.1380899352993950)] // √(32 / 7)
    public void Standard_deviation_divides_by_n_minus_1(double[] values, double expected) =>
        Assert.Equal(expected, Statistics.StandardDeviation(values), 1e-15);

    [Theory]
    [InlineData(new double[0], double.NaN)]
    [InlineData(new[] { 7.0 }, 7)]
    [InlineData(new[] { 9.0, 1, 4 }, 4)]
    [InlineData(new[] { 9.0, 1, 4, 2 }, 3)]
    [InlineData(new[] { -5.0, -1, -1, 100 }, -1)]
    public void Median_is_the_middle_value(double[] values, double expected) => Assert.Equal(expected, Statistics.Median(values));

    [Theory]
    [InlineData(new double[0], 0.5, double.NaN)]
    [InlineData(new[] { 7.0 }, 0.95, 7)]
    [InlineData(new[] { 40.0, 10, 30, 20 }, 0, 10)]
    [InlineData(new[] { 40.0, 10, 30, 20 }, 1, 40)]
    [InlineData(new[] { 40.0, 10, 30, 20 }, 0.5, 25)]
    [InlineData(new[] { 40.0, 10, 30, 20 }, 0.25, 17.5)] // rank 0.75: 10 + 0.75 · 10
    [InlineData(new[] { 50.0, 10, 40, 20, 30 }, 0.9, 46)] // rank 3.6: 40 + 0.6 · 10
    public void Percentile_is_interpolated_between_ranks(double[] values, double fraction, double expected) =>
        Assert.Equal(expected, Statistics.Percentile(values, fraction), 1e-12);

    [Fact]
    public void Percentile_of_single_precision_is_interpolated_in_double_precision() =>
        Assert.Equal(0, Statistics.PercentileOfSorted<float>([-float.MaxValue, float.MaxValue], 0.5));

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(95)]
    [InlineData(double.NaN)]
    public void Percentile_outside_0_to_1_is_refused(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(fraction), () => Statistics.Percentile([1, 2], fraction));
}
