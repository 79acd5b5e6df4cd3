using System.Globalization;
using MedSeg.Inspection;

namespace MedSeg.Tests.Inspection;

/// <summary>Compares the assignment with the best of all possible ones.</summary>
public static class LinearAssignmentTests
{
    private const int Trials = 60;

    public static TheoryData<int, int> Sizes
    {
        get
        {
            var sizes = new TheoryData<int, int>();
            for (int rows = 1; rows <= 6; rows++)
            {
                for (int columns = rows; columns <= 6; columns++)
                {
                    sizes.Add(rows, columns);
                }
            }

            return sizes;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public static void Sum_is_the_least_of_all_assignments(int rows, int columns)
    {
        var random = new Random((rows * 10) + columns);
        for (int trial = 0; trial < Trials; trial++)
        {
            // Few different integers, so that many assignments tie, and sums are exact; negative costs occur as well.
            double[,] costs = RandomCosts(rows, columns, () => random.Next(-3, 1 + (trial % 8)));

            AssertOptimal(costs, tolerance: 0);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public static void Sum_of_fractional_costs_is_the_least_of_all_assignments(int rows, int columns)
    {
        var random = new Random((rows * 10) + columns);
        for (int trial = 0; trial < Trials; trial++)
        {
            AssertOptimal(RandomCosts(rows, columns, () => (random.NextDouble() - 0.5) * 100), tolerance: 1e-9);
        }
    }

    [Fact]
    public static void Cheapest_cell_of_a_row_is_given_up_for_a_smaller_sum() =>
        Assert.Equal([1, 0], LinearAssignment.Solve(new double[,] { { 1, 2 }, { 1, 9 } }));

    [Fact]
    public static void No_rows_have_no_columns() => Assert.Empty(LinearAssignment.Solve(new double[0, 3]));

    private static double[,] RandomCosts(int rows, int columns, Func<double> next)
    {
        double[,] costs = new double[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                costs[row, column] = next();
            }
        }

        return costs;
    }

    private static void AssertOptimal(double[,] costs, double tolerance)
    {
        int[] columns = LinearAssignment.Solve(costs);

        Assert.Equal(costs.GetLength(0), columns.Length);
        Assert.Equal(columns.Length, columns.Distinct().Count());
        Assert.All(columns, column => Assert.InRange(column, 0, costs.GetLength(1) - 1));
        double sum = columns.Select((column, row) => costs[row, column]).Sum();
        double least = LeastSum(costs, 0, 0);
        Assert.True(Math.Abs(sum - least) <= tolerance, string.Create(CultureInfo.InvariantCulture, $"{sum} instead of {least} for {string.Join(", ", costs.Cast<double>())}"));
    }

    // Tries every column that is still free for each row.
    private static double LeastSum(double[,] costs, int row, int taken)
    {
        if (row == costs.GetLength(0))
        {
            return 0;
        }

        double least = double.PositiveInfinity;
        for (int column = 0; column < costs.GetLength(1); column++)
        {
            if ((taken & (1 << column)) == 0)
            {
                least = Math.Min(least, costs[row, column] + LeastSum(costs, row + 1, taken | (1 << column)));
            }
        }

        return least;
    }
}
