using System.Collections;
using MedSeg.Labels;

namespace MedSeg.PowerShell;

/// <summary>Reads the parameters -LabelMap and -LabelColor.</summary>
internal static class LabelMapParameter
{
    /// <summary>Reads both.</summary>
    /// <param name="names">The names of the ROIs.</param>
    /// <param name="map">The ROIs of mask values and segments.</param>
    /// <param name="colors">The ROIs of mask colours.</param>
    /// <returns>The mapping.</returns>
    /// <exception cref="Errors.MedSegException">An entry cannot be used.</exception>
    public static LabelMapping Read(IReadOnlyList<string> names, Hashtable map, Hashtable colors)
    {
        var parser = new LabelMappingParser(names);
        return parser.Parse(Entries(map)) with { Colors = parser.ParseColors(Entries(colors)) };
    }

    private static IEnumerable<KeyValuePair<object, object?>> Entries(Hashtable table) =>
        table.Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create(ParameterValue.Bare(entry.Key)!, ParameterValue.Bare(entry.Value)));
}
