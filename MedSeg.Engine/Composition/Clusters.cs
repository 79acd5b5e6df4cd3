using MedSeg.Imaging;

namespace MedSeg.Composition;

/// <summary>Clusters of intensities by k-means (Lloyd 1982), from starting values spread evenly over the intensities, so that the result is always the same.</summary>
internal static class Clusters
{
    private const int MostIterations = 1000;
    private const double Outliers = 0.005;

    /// <summary>Returns the thresholds between clusters.</summary>
    /// <param name="centers">The means of the clusters, in ascending order.</param>
    /// <returns>The middles between neighbouring means.</returns>
    public static double[] Thresholds(double[] centers) => [.. Enumerable.Range(1, centers.Length - 1).Select(i => (centers[i - 1] + centers[i]) / 2)];

    /// <summary>Finds the means of clusters.</summary>
    /// <param name="sorted">The intensities in ascending order.</param>
    /// <param name="count">The number of clusters.</param>
    /// <returns>The means in ascending order; a cluster without a pixel keeps its place.</returns>
    public static double[] Centers(float[] sorted, int count)
    {
        double[] sums = new double[sorted.Length + 1];
        for (int i = 0; i < sorted.Length; i++)
        {
            sums[i + 1] = sums[i] + sorted[i];
        }

        double low = Statistics.PercentileOfSorted<float>(sorted, Outliers);
        double high = Statistics.PercentileOfSorted<float>(sorted, 1 - Outliers);
        double[] centers = [.. Enumerable.Range(0, count).Select(i => low + ((high - low) * i / (count - 1)))];
        for (int iteration = 0; iteration < MostIterations; iteration++)
        {
            int[] edges = [0, .. Enumerable.Range(1, count - 1).Select(i => CountUpTo(sorted, (centers[i - 1] + centers[i]) / 2)), sorted.Length];
            double[] moved = [.. Enumerable.Range(0, count).Select(i => edges[i + 1] > edges[i] ? (sums[edges[i + 1]] - sums[edges[i]]) / (edges[i + 1] - edges[i]) : centers[i])];
            if (moved.AsSpan().SequenceEqual(centers))
            {
                break;
            }

            centers = moved;
        }

        return centers;
    }

    private static int CountUpTo(float[] sorted, double threshold)
    {
        (int low, int high) = (0, sorted.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = sorted[middle] <= threshold ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
