using System.Globalization;

namespace MedSeg.Reports;

/// <summary>A linear axis with round ticks.</summary>
internal sealed class FigureAxis
{
    private const double Margin = 0.06;
    private static readonly double[] s_steps = [1, 2, 2.5, 5, 10];

    private readonly int _decimals;

    private FigureAxis(double low, double high, double step)
    {
        (Low, High) = (low, high);
        _decimals = Math.Clamp((int)-Math.Floor(Math.Log10(step)), 0, 10);
        _decimals += Math.Abs((step * Math.Pow(10, _decimals)) - Math.Round(step * Math.Pow(10, _decimals))) > 1e-6 ? 1 : 0;
        double first = Math.Ceiling((low / step) - 1e-9);
        Ticks = [.. Enumerable.Range(0, (int)Math.Floor((high / step) - first + 1e-9) + 1).Select(i => (first + i) * step)];
    }

    /// <summary>Gets the value at the start of the axis.</summary>
    public double Low { get; }

    /// <summary>Gets the value at its end.</summary>
    public double High { get; }

    /// <summary>Gets the values of the ticks.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Makes an axis that shows values with a margin around them.</summary>
    /// <param name="values">The values, at least one.</param>
    /// <param name="ticks">About how many ticks fit.</param>
    public static FigureAxis Around(IReadOnlyCollection<double> values, int ticks)
    {
        double low = values.Min();
        double high = values.Max();
        double range = high > low ? high - low : Math.Max(1, Math.Abs(high));
        double center = (low + high) / 2;
        return Between(Math.Min(low, center - (range / 2)) - (Margin * range), Math.Max(high, center + (range / 2)) + (Margin * range), ticks);
    }

    /// <summary>Makes an axis.</summary>
    /// <param name="low">The value at its start.</param>
    /// <param name="high">The value at its end.</param>
    /// <param name="ticks">About how many ticks fit.</param>
    public static FigureAxis Between(double low, double high, int ticks)
    {
        double rough = (high - low) / Math.Max(1, ticks);
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return new FigureAxis(low, high, power * s_steps.First(step => step * power >= rough * (1 - 1e-9)));
    }

    /// <summary>Returns where a value is, as a fraction of the axis.</summary>
    /// <param name="value">The value.</param>
    public float At(double value) => (float)((value - Low) / (High - Low));

    /// <summary>Formats the value of a tick.</summary>
    /// <param name="value">The value.</param>
    public string Format(double value) => Text(value, _decimals);

    /// <summary>Formats a number with a true minus sign.</summary>
    /// <param name="value">The number.</param>
    /// <param name="decimals">The digits after the point.</param>
    public static string Text(double value, int decimals)
    {
        double rounded = Math.Round(value, decimals);
        return (rounded == 0 ? 0 : rounded).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).Replace('-', '−');
    }
}
