using System.Collections;
using System.Globalization;

namespace MedSeg.PowerShell;

/// <summary>Reads the hashtable of -PartialLabel, whose keys are folders, and whose values are ROIs or lists of them.</summary>
internal static class PartialLabelParameter
{
    /// <summary>Reads the hashtable.</summary>
    /// <param name="table">The ROIs that were drawn, by folder.</param>
    /// <returns>The names or numbers of the ROIs, by folder.</returns>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Read(Hashtable table) =>
        table.Cast<DictionaryEntry>().ToDictionary(entry => Text(entry.Key), entry => (IReadOnlyList<string>)List(ParameterValue.Bare(entry.Value)), StringComparer.OrdinalIgnoreCase);

    private static string[] List(object? value) =>
        value is IEnumerable list and not string ? [.. list.Cast<object?>().Select(Text)] : [Text(value)];

    private static string Text(object? value) => Convert.ToString(ParameterValue.Bare(value), CultureInfo.InvariantCulture) ?? string.Empty;
}
