namespace MedSeg.Agreement;

/// <summary>Lin's concordance correlation coefficient: correlation about the line of identity (Lin 1989, 2000).</summary>
internal static class Concordance
{
    private const int FewestPairs = 3;

    /// <summary>Computes the coefficient.</summary>
    /// <param name="pairs">The pairs; each is independent of the others.</param>
    /// <returns>The coefficient, with its interval by Fisher's z; null for fewer than three pairs, or if one measurement is constant.</returns>
    public static Estimate? Of(IReadOnlyCollection<MeasuredPair> pairs)
    {
        int n = pairs.Count;
        double meanFirst = pairs.Average(p => p.First);
        double meanSecond = pairs.Average(p => p.Second);
        double varianceFirst = pairs.Average(p => Math.Pow(p.First - meanFirst, 2));
        double varianceSecond = pairs.Average(p => Math.Pow(p.Second - meanSecond, 2));
        if (n < FewestPairs || varianceFirst <= 0 || varianceSecond <= 0)
        {
            return null;
        }

        double covariance = pairs.Average(p => (p.First - meanFirst) * (p.Second - meanSecond));
        double shift = meanFirst - meanSecond;
        double concordance = 2 * covariance / (varianceFirst + varianceSecond + (shift * shift));
        double correlation = covariance / Math.Sqrt(varianceFirst * varianceSecond);
        if (1 - Math.Abs(concordance) < 1e-12 || correlation == 0)
        {
            return new Estimate(concordance, correlation == 0 ? null : concordance, correlation == 0 ? null : concordance);
        }

        double half = Quantile.Normal() * Math.Sqrt(VarianceOfZ(concordance, correlation, shift * shift / Math.Sqrt(varianceFirst * varianceSecond), n));
        double z = Math.Atanh(concordance);
        return new Estimate(concordance, Math.Tanh(z - half), Math.Tanh(z + half));
    }

    // Lin 1989, equation 3, with the correction of 2000; u² is the squared shift in units of the deviations.
    private static double VarianceOfZ(double c, double r, double u2, int n)
    {
        double rest = 1 - (c * c);
        double spread = (1 - (r * r)) * c * c / (rest * r * r);
        double shifted = 2 * c * c * c * (1 - c) * u2 / (r * rest * rest);
        double both = c * c * c * c * u2 * u2 / (2 * r * r * rest * rest);
        return Math.Max(0, spread + shifted - both) / (n - 2);
    }
}
