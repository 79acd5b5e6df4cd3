using MedSeg.Imaging;

namespace MedSeg.Agreement;

/// <summary>Limits of agreement between two measurements (Bland and Altman 1986, 1999, 2007).</summary>
internal sealed record BlandAltman
{
    /// <summary>The standard deviations between the bias and a limit, as Bland and Altman round them.</summary>
    public const double Deviations = 1.96;

    /// <summary>Gets the number of subjects.</summary>
    public required int Subjects { get; init; }

    /// <summary>Gets the number of pairs.</summary>
    public required int Pairs { get; init; }

    /// <summary>Gets the mean difference, second minus first.</summary>
    public required Estimate Bias { get; init; }

    /// <summary>Gets the standard deviation of a difference, between and within subjects together; null for a single subject.</summary>
    public double? Deviation { get; init; }

    /// <summary>Gets the lower limit of agreement; null as the deviation.</summary>
    public Estimate? LowerLimit { get; init; }

    /// <summary>Gets the upper limit of agreement; null as the deviation.</summary>
    public Estimate? UpperLimit { get; init; }

    /// <summary>
    /// Gets the regression of the difference on the mean, whose slope is the proportional bias: of the pairs, or of the means of subjects
    /// if a subject has several pairs. Null for fewer than three subjects.
    /// </summary>
    public Trend? Trend { get; init; }

    /// <summary>Compares measurements.</summary>
    /// <param name="pairs">The pairs, at least one. The true value may differ from pair to pair, also within a subject.</param>
    /// <returns>The limits of agreement.</returns>
    public static BlandAltman Of(IReadOnlyCollection<MeasuredPair> pairs)
    {
        MeasuredPair[] subjects = MeasuredPair.BySubject(pairs);
        BlandAltman found = subjects.Length == pairs.Count ? OfSinglePairs(pairs) : OfRepeatedPairs(pairs, subjects.Length);
        return found with { Trend = Trend.Fit([.. subjects.Select(pair => (pair.Mean, pair.Difference))]) };
    }

    // Bland and Altman 1999, section 3: the variance of a limit is about (1/n + 1.96²/(2(n − 1))) s².
    private static BlandAltman OfSinglePairs(IReadOnlyCollection<MeasuredPair> pairs)
    {
        double[] differences = [.. pairs.Select(pair => pair.Difference)];
        int n = differences.Length;
        double bias = differences.Average();
        if (n == 1)
        {
            return new BlandAltman { Subjects = 1, Pairs = 1, Bias = new Estimate(bias, null, null) };
        }

        double deviation = Statistics.StandardDeviation(differences);
        double t = Quantile.T(n - 1);
        double biasHalf = t * deviation / Math.Sqrt(n);
        double limitHalf = t * deviation * Math.Sqrt((1.0 / n) + (Deviations * Deviations / (2.0 * (n - 1))));
        return new BlandAltman
        {
            Subjects = n,
            Pairs = n,
            Bias = new Estimate(bias, bias - biasHalf, bias + biasHalf),
            Deviation = deviation,
            LowerLimit = Around(bias - (Deviations * deviation), limitHalf, limitHalf),
            UpperLimit = Around(bias + (Deviations * deviation), limitHalf, limitHalf),
        };
    }

    // Bland and Altman 2007, section 3, for pairs whose true value varies: a one-way analysis of variance of the differences. The
    // intervals of the limits combine those of bias and variance (method of variance estimates recovery, Zou 2013).
    private static BlandAltman OfRepeatedPairs(IReadOnlyCollection<MeasuredPair> pairs, int subjects)
    {
        double[][] groups = [.. pairs.GroupBy(pair => pair.Subject, (_, group) => group.Select(pair => pair.Difference).ToArray())];
        double total = pairs.Count;
        double bias = pairs.Average(pair => pair.Difference);
        if (subjects == 1)
        {
            return new BlandAltman { Subjects = 1, Pairs = pairs.Count, Bias = new Estimate(bias, null, null) };
        }

        double squares = groups.Sum(group => (double)group.Length * group.Length);
        double size = (total - (squares / total)) / (subjects - 1);
        double between = groups.Sum(group => group.Length * Math.Pow(group.Average() - bias, 2)) / (subjects - 1);
        double within = groups.Sum(SquaresWithin) / (total - subjects);
        double variance = Math.Max(between, within) / size + ((1 - (1 / size)) * within);
        double deviation = Math.Sqrt(variance);

        double ofSubjects = Math.Max(0, (between - within) / size);
        double biasHalf = Quantile.T(subjects - 1) * Math.Sqrt((ofSubjects * squares / (total * total)) + (within / total));
        (double low, double high) = VarianceInterval(variance, Math.Max(between, within) / size, subjects - 1, (1 - (1 / size)) * within, total - subjects);
        double outer = Math.Sqrt((biasHalf * biasHalf) + Math.Pow(Deviations * (Math.Sqrt(high) - deviation), 2));
        double inner = Math.Sqrt((biasHalf * biasHalf) + Math.Pow(Deviations * (deviation - Math.Sqrt(low)), 2));
        return new BlandAltman
        {
            Subjects = subjects,
            Pairs = pairs.Count,
            Bias = Around(bias, biasHalf, biasHalf),
            Deviation = deviation,
            LowerLimit = Around(bias - (Deviations * deviation), outer, inner),
            UpperLimit = Around(bias + (Deviations * deviation), inner, outer),
        };
    }

    private static double SquaresWithin(double[] group)
    {
        double mean = group.Average();
        return group.Sum(value => (value - mean) * (value - mean));
    }

    // The interval of a sum of two variances, from the chi-squared interval of each (Zou 2013).
    private static (double Low, double High) VarianceInterval(double sum, double first, double firstFreedom, double second, double secondFreedom)
    {
        double low = Math.Pow(first * (1 - (firstFreedom / Quantile.ChiSquared(firstFreedom, Quantile.Upper))), 2)
            + Math.Pow(second * (1 - (secondFreedom / Quantile.ChiSquared(secondFreedom, Quantile.Upper))), 2);
        double high = Math.Pow(first * ((firstFreedom / Quantile.ChiSquared(firstFreedom, Quantile.Lower)) - 1), 2)
            + Math.Pow(second * ((secondFreedom / Quantile.ChiSquared(secondFreedom, Quantile.Lower)) - 1), 2);
        return (Math.Max(0, sum - Math.Sqrt(low)), sum + Math.Sqrt(high));
    }

    private static Estimate Around(double value, double below, double above) => new(value, value - below, value + above);
}
