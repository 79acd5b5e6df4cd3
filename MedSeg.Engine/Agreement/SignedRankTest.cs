namespace MedSeg.Agreement;

/// <summary>Wilcoxon's signed-rank test of paired measurements (Wilcoxon 1945).</summary>
internal static class SignedRankTest
{
    /// <summary>The largest number of differences for which p is exact.</summary>
    internal const int MostExact = 50;

    /// <summary>Tests whether the differences are symmetric about 0.</summary>
    /// <param name="differences">The differences; each is independent of the others. Zeros are left out, ties have their mean rank.</param>
    /// <returns>
    /// The two-sided p: exact for up to 50 differences, from all assignments of signs to the ranks; otherwise by the normal approximation with
    /// the correction for ties. Null if no difference is other than 0.
    /// </returns>
    public static double? Probability(IEnumerable<double> differences)
    {
        double[] values = [.. differences.Where(d => d != 0).OrderBy(Math.Abs)];
        if (values.Length == 0)
        {
            return null;
        }

        // Twice the ranks are whole numbers, also where they are means of ties.
        int[] doubled = DoubledRanks(values, out double tied);
        long above = doubled.Where((_, i) => values[i] > 0).Sum(rank => (long)rank);
        return values.Length <= MostExact ? Exact(doubled, (int)above) : Normal(values.Length, above / 2.0, tied);
    }

    private static int[] DoubledRanks(double[] sorted, out double tied)
    {
        int[] ranks = new int[sorted.Length];
        tied = 0;
        for (int start = 0; start < sorted.Length;)
        {
            int end = start + 1;
            while (end < sorted.Length && Math.Abs(sorted[end]) == Math.Abs(sorted[start]))
            {
                end++;
            }

            Array.Fill(ranks, start + end + 1, start, end - start);
            double count = end - start;
            tied += (count * count * count) - count;
            start = end;
        }

        return ranks;
    }

    private static double Exact(int[] doubled, int above)
    {
        double[] ways = new double[doubled.Sum() + 1];
        ways[0] = 1;
        int reached = 0;
        foreach (int rank in doubled)
        {
            reached += rank;
            for (int sum = reached; sum >= rank; sum--)
            {
                ways[sum] += ways[sum - rank];
            }
        }

        int least = Math.Min(above, ways.Length - 1 - above);
        return Math.Min(1, 2 * ways.Take(least + 1).Sum() / Math.Pow(2, doubled.Length));
    }

    private static double Normal(int n, double above, double tied)
    {
        double mean = n * (n + 1.0) / 4;
        double variance = (n * (n + 1.0) * ((2 * n) + 1) / 24) - (tied / 48);
        return Quantile.BothTailsOfNormal((above - mean) / Math.Sqrt(variance));
    }
}
