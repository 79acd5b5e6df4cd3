using MedSeg.Imaging;
using MedSeg.Threading;

namespace MedSeg.Metrics;

/// <summary>
/// Finds the temperature at which the negative log-likelihood of pixels is smallest (Guo et al. 2017). It is convex in 1/T, so its
/// derivative has one zero, which is found by bisection.
/// </summary>
internal static class TemperatureFit
{
    // Halves the interval of log T, which is 6 wide, to below 1e-8.
    private const int Steps = 30;
    private const int ChunkSize = 4096;

    /// <summary>Finds the temperature.</summary>
    /// <param name="pixels">The pixels, at least one.</param>
    /// <param name="minimum">The smallest temperature.</param>
    /// <param name="maximum">The largest temperature.</param>
    /// <returns>The temperature; an end of the range if the likelihood rises up to it.</returns>
    public static double Find(IReadOnlyList<ScoredPixel> pixels, double minimum, double maximum)
    {
        double[][] logs = new double[pixels.Count][];
        ParallelLoop.For(pixels.Count, i => logs[i] = Array.ConvertAll(pixels[i].Probabilities.ToArray(), TemperatureScaling.Log));
        (double low, double high) = (Math.Log(minimum), Math.Log(maximum));
        for (int step = 0; step < Steps; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = Slope(pixels, logs, 1 / Math.Exp(middle)) > 0 ? (middle, high) : (low, middle);
        }

        return Math.Exp((low + high) / 2);
    }

    // The derivative of the negative log-likelihood by 1/T: the expected logarithm under the scaled probabilities less that of the truth.
    private static double Slope(IReadOnlyList<ScoredPixel> pixels, double[][] logs, double inverse)
    {
        double[] sums = new double[(pixels.Count + ChunkSize - 1) / ChunkSize];
        ParallelLoop.For(sums.Length, chunk =>
        {
            for (int i = chunk * ChunkSize; i < Math.Min(pixels.Count, (chunk + 1) * ChunkSize); i++)
            {
                sums[chunk] += pixels[i].Weight * (Expected(logs[i], inverse) - logs[i][pixels[i].Truth]);
            }
        });
        return sums.Sum();
    }

    private static double Expected(double[] logs, double inverse)
    {
        double largest = logs.Max();
        double sum = 0;
        double weighted = 0;
        foreach (double log in logs)
        {
            double probability = Math.Exp((log - largest) * inverse);
            sum += probability;
            weighted += probability * log;
        }

        return weighted / sum;
    }
}
