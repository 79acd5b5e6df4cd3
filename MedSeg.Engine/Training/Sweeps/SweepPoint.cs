using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace MedSeg.Training.Sweeps;

/// <summary>The options of one run of a sweep.</summary>
public sealed partial record SweepPoint
{
    // Longer names could make paths too long for Windows.
    private const int LongestName = 80;
    private const int HashLength = 8;

    /// <summary>Gets the name of the run and of its folder, for example <c>LearningRate-0.001_Loss-BatchDice</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the options that the sweep sets, by name; <c>Recipe</c> may be one of them.</summary>
    public required IReadOnlyDictionary<string, object> Values { get; init; }

    /// <summary>Gets all options of the run.</summary>
    public required TrainingOptions Options { get; init; }

    /// <summary>Names a run after its options.</summary>
    /// <param name="values">The options that the sweep sets, in the order of the name.</param>
    /// <param name="options">All options of the run.</param>
    /// <returns>The run. Names with other characters than letters, digits and <c>.+-</c>, and long ones, end with a hash.</returns>
    public static SweepPoint Of(IReadOnlyList<KeyValuePair<string, object>> values, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(options);
        string text = string.Join('_', values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key}-{value.Value}")));
        string name = Unusual().Replace(text, "-");
        if (name != text || name.Length > LongestName)
        {
            string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant()[..HashLength];
            name = $"{name[..Math.Min(name.Length, LongestName - HashLength - 1)]}-{hash}";
        }

        return new SweepPoint { Name = name, Values = new Dictionary<string, object>(values, StringComparer.OrdinalIgnoreCase), Options = options };
    }

    [GeneratedRegex("[^A-Za-z0-9.+_-]", RegexOptions.CultureInvariant)]
    private static partial Regex Unusual();
}
