namespace MedSeg.Agreement;

/// <summary>
/// Intraclass correlations of n subjects who are each measured by the same k raters, from a two-way analysis of variance (Shrout and Fleiss
/// 1979). The intervals are those of Shrout and Fleiss as McGraw and Wong 1996 give them.
/// </summary>
/// <param name="Agreement">ICC(2,1): absolute agreement of single measurements, for raters drawn at random.</param>
/// <param name="AverageAgreement">ICC(2,k): absolute agreement of the mean of the k raters.</param>
/// <param name="Consistency">ICC(3,1): consistency of single measurements of these raters; a constant difference between them does not lower it.</param>
/// <param name="ErrorVariance">The residual mean square: the variance of a measurement about its subject and its rater.</param>
internal sealed record IntraclassCorrelation(Estimate Agreement, Estimate AverageAgreement, Estimate Consistency, double ErrorVariance)
{
    /// <summary>Analyses measurements.</summary>
    /// <param name="subjects">For each subject the measurements of the k raters, in the same order.</param>
    /// <returns>The correlations; null for fewer than two subjects or raters, or if the subjects do not differ.</returns>
    public static IntraclassCorrelation? Of(IReadOnlyList<double[]> subjects)
    {
        int n = subjects.Count;
        int k = n > 0 ? subjects[0].Length : 0;
        if (n < 2 || k < 2)
        {
            return null;
        }

        double mean = subjects.Average(s => s.Average());
        double rows = k * subjects.Sum(s => Square(s.Average() - mean)) / (n - 1);
        double[] raterMeans = [.. Enumerable.Range(0, k).Select(rater => subjects.Average(s => s[rater]))];
        double columns = n * raterMeans.Sum(m => Square(m - mean)) / (k - 1);
        double error = subjects.Sum(s => s.Select((value, rater) => Square(value - s.Average() - raterMeans[rater] + mean)).Sum()) / ((n - 1) * (k - 1));
        if (rows <= 0 && error <= 0)
        {
            return null;
        }

        double agreement = (rows - error) / (rows + ((k - 1) * error) + (k * (columns - error) / n));
        (double low, double high) = AgreementInterval(rows, columns, error, agreement, n, k);
        double consistency = (rows - error) / (rows + ((k - 1) * error));
        return new IntraclassCorrelation(
            new Estimate(agreement, low, high),
            new Estimate((rows - error) / (rows + ((columns - error) / n)), SpearmanBrown(low, k), SpearmanBrown(high, k)),
            ConsistencyInterval(rows, error, consistency, n, k),
            error);
    }

    private static (double Low, double High) AgreementInterval(double rows, double columns, double error, double icc, int n, int k)
    {
        if (error <= 0 && columns <= 0)
        {
            return (1, 1);
        }

        double a = k * icc / (n * (1 - icc));
        double b = 1 + (k * icc * (n - 1) / (n * (1 - icc)));
        double freedom = Square((a * columns) + (b * error)) / ((Square(a * columns) / (k - 1)) + (Square(b * error) / ((n - 1) * (k - 1))));
        double rest = (k * columns) + (((k * n) - k - n) * error);
        double above = Quantile.F(n - 1, freedom);
        double below = Quantile.F(freedom, n - 1);

        // Divided by the quantiles, which may be infinite.
        return (n * ((rows / above) - error) / (rest + (n * rows / above)), n * (rows - (error / below)) / ((rest / below) + (n * rows)));
    }

    private static Estimate ConsistencyInterval(double rows, double error, double icc, int n, int k)
    {
        if (error <= 0)
        {
            return new Estimate(icc, 1, 1);
        }

        int freedom = (n - 1) * (k - 1);
        double low = rows / error / Quantile.F(n - 1, freedom);
        double high = rows / error * Quantile.F(freedom, n - 1);
        return new Estimate(icc, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1));
    }

    private static double SpearmanBrown(double icc, int k) => k * icc / (1 + ((k - 1) * icc));

    private static double Square(double value) => value * value;
}
