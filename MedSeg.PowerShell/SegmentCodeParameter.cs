using System.Collections;
using System.Globalization;
using MedSeg.Errors;
using MedSeg.Inference.Output;

namespace MedSeg.PowerShell;

/// <summary>Reads the hashtable of -SegmentCode, whose keys are names of ROIs, and whose values are a type, or a category and a type.</summary>
internal static class SegmentCodeParameter
{
    /// <summary>Reads the hashtable.</summary>
    /// <param name="table">The terms of each name.</param>
    /// <returns>The codes; longer names come first, as they say more than shorter ones with wildcards.</returns>
    /// <exception cref="MedSegException"><c>SegmentCodeInvalid</c>.</exception>
    public static SegmentCode[] Read(Hashtable table) =>
        [.. table.Cast<DictionaryEntry>().Select(entry => Read(Text(entry.Key), ParameterValue.Bare(entry.Value))).OrderByDescending(code => code.Name.Length).ThenBy(code => code.Name, StringComparer.Ordinal)];

    private static SegmentCode Read(string name, object? value)
    {
        CodedTerm[] terms = value is IEnumerable list and not string ? [.. list.Cast<object?>().Select(item => CodedTerm.Parse(Text(item)))] : [CodedTerm.Parse(Text(value))];
        return terms switch
        {
            [CodedTerm type] => new SegmentCode(name, type),
            [CodedTerm category, CodedTerm type] => new SegmentCode(name, type) { Category = category },
            _ => throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SegmentCodeInvalid, $"-SegmentCode has {terms.Length} terms for '{name}'; there must be a type, or a category and a type.")
            {
                Advice = "For example: -SegmentCode @{'cyst*'='SCT:49755003:Morphologically Abnormal Structure', 'SCT:367643001:Cyst'}.",
            },
        };
    }

    private static string Text(object? value) => Convert.ToString(ParameterValue.Bare(value), CultureInfo.InvariantCulture) ?? string.Empty;
}
