using MedSeg.Imaging;

namespace MedSeg.Agreement;

/// <summary>Two one-sided t tests that a mean difference is within a margin (TOST, Schuirmann 1987).</summary>
internal static class EquivalenceTest
{
    /// <summary>Tests equivalence.</summary>
    /// <param name="differences">The differences; each is independent of the others.</param>
    /// <param name="margin">The largest mean difference, in either direction, that does not matter; above 0.</param>
    /// <returns>The larger p of the two tests: below 0.05, the measurements are equivalent. Null for fewer than two differences.</returns>
    public static double? Probability(double[] differences, double margin)
    {
        if (differences.Length < 2)
        {
            return null;
        }

        double distance = margin - Math.Abs(differences.Average());
        double error = Statistics.StandardDeviation(differences) / Math.Sqrt(differences.Length);
        return error > 0 ? Quantile.TailOfT(distance / error, differences.Length - 1) : distance > 0 ? 0 : 1;
    }
}
