using MedSeg.Errors;

namespace MedSeg.Inference.Output;

/// <summary>A coded term, for example of SNOMED CT (DICOM PS3.3, 8.8).</summary>
/// <param name="Value">The code, at most 16 characters, for example <c>71616004</c>.</param>
/// <param name="Scheme">The designator of the coding scheme, at most 16 characters: <c>SCT</c> for SNOMED CT.</param>
/// <param name="Meaning">The meaning in words, at most 64 characters.</param>
public sealed record CodedTerm(string Value, string Scheme, string Meaning)
{
    /// <summary>Gets the category of most anatomy (DICOM PS3.16, CID 7150).</summary>
    public static CodedTerm AnatomicalStructure { get; } = new("123037004", "SCT", "Anatomical Structure");

    /// <summary>Gets the category of tissues (DICOM PS3.16, CID 7150).</summary>
    public static CodedTerm Tissue { get; } = new("85756007", "SCT", "Tissue");

    /// <summary>Parses a term.</summary>
    /// <param name="text">Scheme, value and meaning, separated by colons, for example <c>SCT:71616004:Muscle</c>.</param>
    /// <returns>The term.</returns>
    /// <exception cref="MedSegException"><c>SegmentCodeInvalid</c>.</exception>
    public static CodedTerm Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const int LongestCode = 16;
        const int LongestMeaning = 64;
        string[] parts = text.Split(':', 3, StringSplitOptions.TrimEntries);
        bool isValid = parts.Length == 3 && parts[0].Length is > 0 and <= LongestCode && parts[1].Length is > 0 and <= LongestCode && parts[2].Length is > 0 and <= LongestMeaning
            && !text.Any(c => c == '\\' || char.IsControl(c));
        return isValid ? new CodedTerm(parts[1], parts[0], parts[2]) : throw new MedSegException(ErrorKind.InvalidArgument, ErrorIds.SegmentCodeInvalid, $"'{text}' is not a coded term.")
        {
            Advice = "Write the coding scheme, the code (both at most 16 characters) and the meaning (at most 64), for example 'SCT:71616004:Muscle'.",
        };
    }
}
