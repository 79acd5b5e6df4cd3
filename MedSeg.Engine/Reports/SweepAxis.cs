using System.Globalization;
using MedSeg.Training.Sweeps;

namespace MedSeg.Reports;

/// <summary>The axis of an option in the figure of a sweep: linear, logarithmic, or with a place for each value.</summary>
internal sealed class SweepAxis
{
    private const int MostTicks = 6;
    private const int MostValues = 6;
    private readonly string[] _values;
    private readonly FigureAxis? _numbers;
    private readonly bool _isLogarithmic;

    private SweepAxis(string name, string[] values, FigureAxis? numbers, bool isLogarithmic, IReadOnlyList<(float At, string Text)> ticks) =>
        (Name, _values, _numbers, _isLogarithmic, Ticks) = (name, values, numbers, isLogarithmic, ticks);

    /// <summary>Gets the name of the option.</summary>
    public string Name { get; }

    /// <summary>Gets the ticks: where they are, as a fraction of the axis, and their text.</summary>
    public IReadOnlyList<(float At, string Text)> Ticks { get; }

    /// <summary>Makes the axis of an option.</summary>
    /// <param name="name">The name of the option.</param>
    /// <param name="values">Its values in the runs, without those of runs that do not set it; at least one.</param>
    public static SweepAxis Of(string name, IReadOnlyList<object> values)
    {
        string[] texts = [.. values.OrderBy(value => Number(value) ?? 0).ThenBy(Text, StringComparer.Ordinal).Select(Text).Distinct()];
        double[] numbers = [.. values.Select(Number).OfType<double>().Distinct().Order()];
        if (numbers.Length < 2 || numbers.Length < texts.Length)
        {
            return new SweepAxis(name, texts, numbers: null, isLogarithmic: false, [.. texts.Select((text, i) => (Place(i, texts.Length), text))]);
        }

        bool isLogarithmic = numbers[0] > 0 && numbers[^1] / numbers[0] >= Sweep.LogarithmicRatio;
        var axis = FigureAxis.Between(Scaled(numbers[0], isLogarithmic), Scaled(numbers[^1], isLogarithmic), MostTicks);
        return new SweepAxis(name, texts, axis, isLogarithmic, [.. TicksOf(axis, numbers, isLogarithmic)]);
    }

    /// <summary>Returns where a value is, as a fraction of the axis; null where a run does not set the option.</summary>
    /// <param name="value">The value, or null.</param>
    public float? At(object? value) => value is null ? null
        : _numbers is null ? Place(Array.IndexOf(_values, Text(value)), _values.Length)
        : _numbers.At(Scaled(Number(value)!.Value, _isLogarithmic));

    // Few values are the ticks themselves; otherwise they are round numbers or powers of ten.
    private static IEnumerable<(float At, string Text)> TicksOf(FigureAxis axis, double[] numbers, bool isLogarithmic) =>
        numbers.Length <= MostValues ? numbers.Select(number => (axis.At(Scaled(number, isLogarithmic)), Text(number)))
        : isLogarithmic ? Decades(numbers).Select(number => (axis.At(Scaled(number, isLogarithmic)), Text(number)))
        : axis.Ticks.Select(tick => (axis.At(tick), axis.Format(tick)));

    private static IEnumerable<double> Decades(double[] numbers)
    {
        double[] steps = numbers[^1] / numbers[0] < 1000 ? [1, 2, 5] : [1];
        for (int power = (int)Math.Floor(Math.Log10(numbers[0])); power <= Math.Log10(numbers[^1]); power++)
        {
            foreach (double number in steps.Select(step => step * Math.Pow(10, power)).Where(n => n >= numbers[0] * (1 - 1e-9) && n <= numbers[^1] * (1 + 1e-9)))
            {
                yield return number;
            }
        }
    }

    private static float Place(int index, int count) => (index + 0.5f) / count;

    private static double Scaled(double value, bool isLogarithmic) => isLogarithmic ? Math.Log10(value) : value;

    private static double? Number(object value) => value is IConvertible number and (int or long or double or float) ? number.ToDouble(CultureInfo.InvariantCulture) : null;

    private static string Text(object value) => value is double number ? number.ToString("G4", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
}
