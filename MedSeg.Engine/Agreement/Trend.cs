namespace MedSeg.Agreement;

/// <summary>A straight line fitted by least squares.</summary>
/// <param name="Slope">The slope, with its interval from Student's t.</param>
/// <param name="Intercept">The value of the line at 0.</param>
/// <param name="Probability">The two-sided p of a slope of 0.</param>
internal sealed record Trend(Estimate Slope, double Intercept, double Probability)
{
    private const int FewestPoints = 3;

    /// <summary>Fits a line.</summary>
    /// <param name="points">The points; each is independent of the others.</param>
    /// <returns>The line; null for fewer than three points, or if all have the same x.</returns>
    public static Trend? Fit(IReadOnlyCollection<(double X, double Y)> points)
    {
        if (points.Count < FewestPoints)
        {
            return null;
        }

        double meanX = points.Average(p => p.X);
        double meanY = points.Average(p => p.Y);
        double spread = points.Sum(p => (p.X - meanX) * (p.X - meanX));
        if (spread <= 0)
        {
            return null;
        }

        double slope = points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / spread;
        double intercept = meanY - (slope * meanX);
        double residual = points.Sum(p => Math.Pow(p.Y - intercept - (slope * p.X), 2));
        int freedom = points.Count - 2;
        double error = Math.Sqrt(residual / freedom / spread);
        double half = Quantile.T(freedom) * error;
        double probability = error > 0 ? 2 * Quantile.TailOfT(Math.Abs(slope) / error, freedom) : slope == 0 ? 1 : 0;
        return new Trend(new Estimate(slope, slope - half, slope + half), intercept, probability);
    }
}
