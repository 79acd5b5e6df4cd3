using System.Globalization;

namespace MedSeg.Benchmarks;

/// <summary>What was measured in the rounds of a comparison.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    /// <summary>Gets the middle value.</summary>
    public double Median
    {
        get
        {
            double[] sorted = [.. _values.Order()];
            int middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>Divides round by round: what disturbs a round disturbs both sides of it.</summary>
    /// <param name="ours">The dividends.</param>
    /// <param name="theirs">The divisors.</param>
    /// <returns>The quotients.</returns>
    public static Samples Ratio(Samples ours, Samples theirs)
    {
        var ratios = new Samples();
        ratios._values.AddRange(ours._values.Zip(theirs._values, (a, b) => a / b));
        return ratios;
    }

    /// <summary>Gives the values in another unit.</summary>
    /// <param name="factor">What each is multiplied by.</param>
    /// <returns>The products.</returns>
    public Samples Times(double factor)
    {
        var products = new Samples();
        products._values.AddRange(_values.Select(v => factor * v));
        return products;
    }

    /// <summary>Adds a round.</summary>
    /// <param name="value">What was measured.</param>
    public void Add(double value) => _values.Add(value);

    /// <summary>Gives the median with the least and the greatest value.</summary>
    /// <param name="format">The numbers' format.</param>
    /// <returns>The text.</returns>
    public string Text(string format) => _values.Count == 0
        ? "–"
        : string.Create(CultureInfo.InvariantCulture, $"{Number(Median, format)} ({Number(_values.Min(), format)}–{Number(_values.Max(), format)})");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
