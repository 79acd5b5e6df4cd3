namespace MedSeg.Agreement;

/// <summary>How far single measurements of the same subject differ.</summary>
/// <param name="Sem">The standard error of measurement, the root of the residual mean square (Weir 2005); for two raters, the standard deviation of a difference divided by √2.</param>
/// <param name="Mdc">The minimal detectable change, 1.96 √2 SEM: a smaller difference between two measurements may be error (Weir 2005).</param>
/// <param name="Variation">The coefficient of variation within subjects, as a fraction: the root mean square over subjects (Glüer 1995); null if a mean is not positive.</param>
internal sealed record MeasurementError(double Sem, double Mdc, double? Variation)
{
    /// <summary>Computes the errors.</summary>
    /// <param name="subjects">For each subject the measurements of the k raters.</param>
    /// <returns>The errors; null for fewer than two subjects or raters, or if the subjects do not differ.</returns>
    public static MeasurementError? Of(IReadOnlyList<double[]> subjects)
    {
        if (IntraclassCorrelation.Of(subjects) is not { } icc)
        {
            return null;
        }

        double sem = Math.Sqrt(Math.Max(0, icc.ErrorVariance));
        double? variation = subjects.All(s => s.Average() > 0) ? Math.Sqrt(subjects.Average(s => Variance(s) / Math.Pow(s.Average(), 2))) : null;
        return new MeasurementError(sem, BlandAltman.Deviations * Math.Sqrt(2) * sem, variation);
    }

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }
}
