using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace MedSeg.Agreement;

/// <summary>Quantiles and tails of the distributions that intervals and tests use.</summary>
internal static class Quantile
{
    /// <summary>The probability below the upper end of a two-sided 95 % interval.</summary>
    public const double Upper = 0.975;

    /// <summary>The probability below the lower end of a two-sided 95 % interval.</summary>
    public const double Lower = 0.025;

    private const double LargestLog = 690;

    // Of an interval of 1380, which leaves less than the spacing of doubles.
    private const int Halvings = 60;

    /// <summary>Returns the upper end of a 95 % interval of Student's t.</summary>
    /// <param name="freedom">The degrees of freedom, above 0.</param>
    public static double T(double freedom) => StudentT.InvCDF(0, 1, freedom, Upper);

    /// <summary>Returns the probability that Student's t exceeds a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="freedom">The degrees of freedom, above 0.</param>
    public static double TailOfT(double value, double freedom) => StudentT.CDF(0, 1, freedom, -value);

    /// <summary>Returns the upper end of a 95 % interval of F.</summary>
    /// <param name="numerator">The degrees of freedom of the numerator, above 0.</param>
    /// <param name="denominator">The degrees of freedom of the denominator, above 0.</param>
    /// <returns>The quantile; infinite where it is above 10³⁰⁰, as with a small fraction of a degree of freedom in the denominator.</returns>
    public static double F(double numerator, double denominator)
    {
        // By halving the interval of its logarithm: MathNet's search does not converge with few degrees of freedom.
        (double low, double high) = (-LargestLog, LargestLog);
        if (TailOfF(high) > Lower)
        {
            return double.PositiveInfinity;
        }

        for (int i = 0; i < Halvings; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = TailOfF(middle) > Lower ? (middle, high) : (low, middle);
        }

        return Math.Exp((low + high) / 2);

        double TailOfF(double logarithm) => SpecialFunctions.BetaRegularized(denominator / 2, numerator / 2, denominator / (denominator + (numerator * Math.Exp(logarithm))));
    }

    /// <summary>Returns a quantile of the chi-squared distribution.</summary>
    /// <param name="freedom">The degrees of freedom, above 0.</param>
    /// <param name="probability">The probability below the quantile.</param>
    public static double ChiSquared(double freedom, double probability) => MathNet.Numerics.Distributions.ChiSquared.InvCDF(freedom, probability);

    /// <summary>Returns the upper end of a 95 % interval of the standard normal distribution, 1.95996.</summary>
    public static double Normal() => MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, Upper);

    /// <summary>Returns the probability that a standard normal value is further from 0 than a value, on either side.</summary>
    /// <param name="value">The value.</param>
    public static double BothTailsOfNormal(double value) => 2 * MathNet.Numerics.Distributions.Normal.CDF(0, 1, -Math.Abs(value));
}
