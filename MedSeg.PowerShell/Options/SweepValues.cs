using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using MedSeg.Errors;
using MedSeg.Options;
using MedSeg.Training.Sweeps;

namespace MedSeg.PowerShell.Options;

/// <summary>Makes the options of the runs of a sweep from tables of option and values, with the same rules as on the command line.</summary>
/// <param name="known">The options that a sweep can set.</param>
internal sealed class SweepValues(IReadOnlyDictionary<string, OptionParameter> known)
{
    private const int Digits = 3;

    /// <summary>Combines each value of an option with each of the others; those of the last option change first.</summary>
    /// <param name="table">The values of each option.</param>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<string, object>>> Grid(IDictionary table)
    {
        IEnumerable<IReadOnlyList<KeyValuePair<string, object>>> runs = [[]];
        foreach ((string name, object[] values) in Read(table, "-Grid:"))
        {
            runs = runs.SelectMany(run => values, (run, value) => (IReadOnlyList<KeyValuePair<string, object>>)[.. run, KeyValuePair.Create(name, value)]).ToArray();
        }

        return [.. runs];
    }

    /// <summary>Reads tables with the options of one run each.</summary>
    /// <param name="tables">The tables.</param>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<string, object>>> List(IEnumerable<IDictionary> tables) =>
        [.. tables.Select(table => Read(table, "-List:").Select(option => KeyValuePair.Create(option.Name, One(option.Name, option.Values))).ToArray())];

    /// <summary>Draws the options of runs. A larger count has the same runs first.</summary>
    /// <param name="ranges">Of each option two numbers, between which to draw, or the values to choose from.</param>
    /// <param name="count">The number of runs.</param>
    /// <param name="seed">The seed.</param>
    public IReadOnlyList<IReadOnlyList<KeyValuePair<string, object>>> Draw(IDictionary ranges, int count, int seed)
    {
        (string Name, object[] Values)[] options = [.. Read(ranges, "-Range:")];

        // .NET keeps the numbers of a seed the same from version to version.
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => options.Select(option => KeyValuePair.Create(option.Name, DrawOne(option.Values, random))).ToArray())];
    }

    private static object DrawOne(object[] values, Random random) => values switch
    {
        [int low, int high] when low < high => Math.Clamp((int)Math.Floor(Between(low, high + 1.0, random)), low, high),
        [double low, double high] when low < high => Math.Clamp(Rounded(Between(low, high, random)), low, high),
        _ => values[random.Next(values.Length)],
    };

    private static double Between(double low, double high, Random random)
    {
        double share = random.NextDouble();
        return low > 0 && high / low >= Sweep.LogarithmicRatio ? low * Math.Pow(high / low, share) : low + ((high - low) * share);
    }

    // More digits would make the names of folders hard to read.
    private static double Rounded(double value) => double.Parse(value.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static object One(string name, object[] values) => values.Length == 1 ? values[0] : throw new MedSegException(
        ErrorKind.InvalidArgument, ErrorIds.SweepInvalid, $"-List: {name} has {values.Length} values, but each table of the list is one run.")
    {
        Advice = "Give one value, or use -Grid to combine several values of each option.",
    };

    // A hashtable has no order, and the names of the runs must be the same next time.
    private IEnumerable<(string Name, object[] Values)> Read(IDictionary table, string source)
    {
        IEnumerable<DictionaryEntry> entries = table.Cast<DictionaryEntry>();
        foreach (DictionaryEntry entry in table is IOrderedDictionary ? entries : entries.OrderBy(entry => $"{entry.Key}", StringComparer.OrdinalIgnoreCase))
        {
            OptionParameter option = known.GetValueOrDefault($"{entry.Key}") ?? throw Unknown($"{entry.Key}", source);
            object?[] values = LanguagePrimitives.GetEnumerable(entry.Value) is { } list ? [.. list.Cast<object?>()] : [entry.Value];
            if (values.Length == 0)
            {
                throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SweepInvalid, $"{source} {option.Name} has no values.") { Advice = "Give at least one value, or leave out the option." };
            }

            yield return (option.Name, [.. values.Select(value => Value(option, value, source))]);
        }
    }

    private static object Value(OptionParameter option, object? value, string source)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        object read = option.Read(new OptionEntry(option.Name, plain is Enum or SwitchParameter ? Plain(plain) : plain, Line: null), source, path: null);
        return read is SwitchParameter on ? on.ToBool() : read;
    }

    private static object Plain(object value) => value is SwitchParameter on ? on.ToBool() : value.ToString()!;

    private MedSegException Unknown(string name, string source) => new(ErrorKind.InvalidArgument, ErrorIds.OptionUnknown, $"{source} '{name}' is not an option that a sweep can set.")
    {
        Advice = NearestName.Find(name, known.Keys) is { } near ? $"Did you mean {near}?" : "See `Get-Help Start-MedSegTraining -Full` for all options.",
    };
}
