using System.Numerics;

namespace MedSeg.Imaging;

/// <summary>Computes statistics of a sample of values; no method changes its input.</summary>
/// <remarks>Every statistic of an empty sample is NaN.</remarks>
internal static class Statistics
{
    /// <summary>Computes the arithmetic mean, the sum divided by n.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The mean; NaN if there are no values or one of them is NaN.</returns>
    public static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    /// <summary>Computes the sample standard deviation: the root of the sum of squared differences from the mean, divided by n − 1.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The standard deviation; NaN if there are fewer than two values or one of them is NaN.</returns>
    public static double StandardDeviation(ReadOnlySpan<double> values)
    {
        if (values.Length < 2)
        {
            return double.NaN;
        }

        double mean = Mean(values);
        double squares = 0;
        foreach (double value in values)
        {
            squares += (value - mean) * (value - mean);
        }

        return Math.Sqrt(squares / (values.Length - 1));
    }

    /// <summary>Computes the median: the middle value, or the mean of the two middle values if their number is even.</summary>
    /// <param name="values">The values, in any order; none is NaN.</param>
    /// <returns>The median; NaN if there are no values.</returns>
    public static double Median(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            return double.NaN;
        }

        double[] sorted = Sort(values);
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>Computes a percentile, interpolated linearly between ranks 0 to n − 1 (the default of numpy.percentile).</summary>
    /// <param name="values">The values, in any order; none is NaN.</param>
    /// <param name="fraction">The percentile as a fraction, from 0 (the least value) to 1 (the greatest).</param>
    /// <returns>The percentile; NaN if there are no values.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is below 0 or above 1, or NaN.</exception>
    public static double Percentile(ReadOnlySpan<double> values, double fraction) => PercentileOfSorted<double>(Sort(values), fraction);

    /// <summary>Computes a percentile of sorted values, without copying them; see <see cref="Percentile"/>.</summary>
    /// <typeparam name="T">The type of the values; the interpolation is in double precision.</typeparam>
    /// <param name="sorted">The values in ascending order.</param>
    /// <param name="fraction">The percentile as a fraction, from 0 to 1.</param>
    /// <returns>The percentile; NaN if there are no values.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fraction"/> is below 0 or above 1, or NaN.</exception>
    public static double PercentileOfSorted<T>(ReadOnlySpan<T> sorted, double fraction)
        where T : struct, INumber<T>
    {
        if (!(fraction >= 0 && fraction <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "A percentile is given as a fraction from 0 to 1.");
        }

        if (sorted.IsEmpty)
        {
            return double.NaN;
        }

        double rank = fraction * (sorted.Length - 1);
        int below = (int)rank;
        double low = double.CreateChecked(sorted[below]);
        double high = double.CreateChecked(sorted[Math.Min(below + 1, sorted.Length - 1)]);
        return low + ((rank - below) * (high - low));
    }

    private static double[] Sort(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
