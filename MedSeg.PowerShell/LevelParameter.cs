using System.Collections;
using System.Management.Automation;
using MedSeg.Composition;
using MedSeg.Errors;

namespace MedSeg.PowerShell;

/// <summary>Reads the parameter -Level: hashtables of slice and level, or objects with the properties Slice and Level.</summary>
internal static class LevelParameter
{
    /// <summary>Reads the levels.</summary>
    /// <param name="values">The values of the parameter.</param>
    /// <returns>The levels of slices.</returns>
    /// <exception cref="MedSegException">A value has no slice or no level (<c>LevelInvalid</c>).</exception>
    public static SliceLevel[] Read(IEnumerable<object> values) => [.. values.SelectMany(Parse)];

    private static IEnumerable<SliceLevel> Parse(object value)
    {
        if (ParameterValue.Bare(value) is IDictionary table)
        {
            return table.Cast<DictionaryEntry>().Select(entry => Make(entry.Key, entry.Value));
        }

        var row = PSObject.AsPSObject(value);
        return [Make(row.Properties["Slice"]?.Value, row.Properties["Level"]?.Value)];
    }

    private static SliceLevel Make(object? slice, object? level)
    {
        (string? name, string? text) = (ParameterValue.Bare(slice)?.ToString(), ParameterValue.Bare(level)?.ToString());
        return string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(text)
            ? throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.LevelInvalid, $"-Level has an entry without {(string.IsNullOrWhiteSpace(name) ? "a slice" : $"a level, for the slice {name}")}.")
            {
                Advice = "Use -Level @{ 'P01_S01' = 'L3'; '*_S02' = 'L4' }, or Import-Csv of a table with the columns Slice and Level.",
            }
            : new SliceLevel(name.Trim(), text.Trim());
    }
}
