namespace MedSeg.Composition;

/// <summary>
/// A mixture of normal distributions, fitted by expectation maximization (Dempster, Laird and Rubin 1977). The fraction of fat is the sum of the
/// probabilities of its component, not a count above a threshold, so overlapping classes do not bias it.
/// </summary>
/// <param name="Weights">The weights of the components, by ascending mean.</param>
/// <param name="Means">Their means.</param>
/// <param name="Deviations">Their standard deviations.</param>
/// <param name="Threshold">Where fat becomes more probable than the component before it.</param>
internal sealed record MixtureModel(double[] Weights, double[] Means, double[] Deviations, double Threshold) : TissueModel(Threshold)
{
    private const int MostIterations = 2000;
    private const double Converged = 1e-10;

    // As a fraction of the whole range: a component must not shrink to a single intensity.
    private const double LeastDeviation = 1e-3;

    /// <summary>Fits a mixture, from the clusters of k-means.</summary>
    /// <param name="sorted">The intensities in ascending order.</param>
    /// <param name="count">The number of components.</param>
    public static MixtureModel Fit(float[] sorted, int count)
    {
        double[] means = Clusters.Centers(sorted, count);
        double[] edges = Clusters.Thresholds(means);
        double least = LeastDeviation * ((double)sorted[^1] - sorted[0]);
        double[] weights = new double[count];
        double[] deviations = new double[count];
        for (int k = 0; k < count; k++)
        {
            float[] own = [.. sorted.Where(v => (k == 0 || v > edges[k - 1]) && (k == count - 1 || v <= edges[k]))];
            weights[k] = Math.Max(1, own.Length) / (double)sorted.Length;
            deviations[k] = Math.Max(least, Math.Sqrt(own.Sum(v => (v - means[k]) * (v - means[k])) / Math.Max(1, own.Length)));
        }

        double likelihood = double.NegativeInfinity;
        for (int i = 0; i < MostIterations; i++)
        {
            double improved = Improve(sorted, weights, means, deviations, least);
            if (improved - likelihood < Converged * sorted.Length)
            {
                break;
            }

            likelihood = improved;
        }

        int[] order = [.. Enumerable.Range(0, count).OrderBy(k => means[k])];
        (weights, means, deviations) = ([.. order.Select(k => weights[k])], [.. order.Select(k => means[k])], [.. order.Select(k => deviations[k])]);
        return new MixtureModel(weights, means, deviations, Crossing(weights, means, deviations));
    }

    /// <inheritdoc/>
    public override (double Fat, double? Intermediate) Measure(float[] pixels)
    {
        double[] sums = new double[Weights.Length];
        double[] shares = new double[Weights.Length];
        foreach (float value in pixels)
        {
            // Beyond the means of the outer components all is theirs, also where another one is wider.
            int side = value >= Means[^1] ? Means.Length - 1 : value <= Means[0] ? 0 : -1;
            Share(value, Weights, Means, Deviations, shares);
            for (int k = 0; k < sums.Length; k++)
            {
                sums[k] += side < 0 ? shares[k] : side == k ? 1 : 0;
            }
        }

        return (sums[^1] / pixels.Length, sums.Length > 2 ? sums[1] / pixels.Length : null);
    }

    // One step of expectation and maximization; returns the log likelihood before it.
    private static double Improve(float[] sorted, double[] weights, double[] means, double[] deviations, double least)
    {
        int count = weights.Length;
        double[] shares = new double[count];
        (double[] totals, double[] firsts, double[] seconds) = (new double[count], new double[count], new double[count]);
        double likelihood = 0;
        foreach (float value in sorted)
        {
            likelihood += Math.Log(Share(value, weights, means, deviations, shares));
            for (int k = 0; k < count; k++)
            {
                double aside = value - sorted[0];
                totals[k] += shares[k];
                firsts[k] += shares[k] * aside;
                seconds[k] += shares[k] * aside * aside;
            }
        }

        for (int k = 0; k < count; k++)
        {
            double mean = firsts[k] / totals[k];
            weights[k] = totals[k] / sorted.Length;
            means[k] = sorted[0] + mean;
            deviations[k] = Math.Max(least, Math.Sqrt(Math.Max(0, (seconds[k] / totals[k]) - (mean * mean))));
        }

        return likelihood;
    }

    // Fills in the probability of each component, and returns the density of all.
    private static double Share(double value, double[] weights, double[] means, double[] deviations, double[] shares)
    {
        double sum = double.Epsilon;
        for (int k = 0; k < weights.Length; k++)
        {
            double z = (value - means[k]) / deviations[k];
            shares[k] = weights[k] / deviations[k] * Math.Exp(-z * z / 2);
            sum += shares[k];
        }

        for (int k = 0; k < weights.Length; k++)
        {
            shares[k] /= sum;
        }

        return sum / Math.Sqrt(2 * Math.PI);
    }

    private static double Crossing(double[] weights, double[] means, double[] deviations)
    {
        double[] shares = new double[weights.Length];
        (double low, double high) = (means[^2], means[^1]);
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            Share(middle, weights, means, deviations, shares);
            (low, high) = shares[^1] > shares[^2] ? (low, middle) : (middle, high);
        }

        return (low + high) / 2;
    }
}
