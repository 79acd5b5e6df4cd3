using System.IO.Enumeration;

namespace MedSeg.Inference.Output;

/// <summary>The codes of an ROI.</summary>
/// <param name="Category">What kind of thing it is.</param>
/// <param name="Type">What it is.</param>
/// <param name="Side">The side of the body; null if the name does not say it.</param>
internal sealed record SegmentTerms(CodedTerm Category, CodedTerm Type, CodedTerm? Side)
{
    private static readonly CodedTerm s_left = new("7771000", "SCT", "Left");
    private static readonly CodedTerm s_right = new("24028007", "SCT", "Right");

    /// <summary>Finds the codes of an ROI by its name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="codes">The user's codes, which come first.</param>
    /// <returns>The codes; those of a tissue if the name is not known.</returns>
    public static SegmentTerms Of(string name, IReadOnlyList<SegmentCode> codes)
    {
        string[] words = name.Split((char[])[' ', '_', '-', '.', ','], StringSplitOptions.RemoveEmptyEntries);
        string plain = string.Join(' ', words);
        SegmentCode? code = codes.FirstOrDefault(code => FileSystemName.MatchesSimpleExpression(code.Name, name))
            ?? SegmentCodeTable.Codes.FirstOrDefault(code => FileSystemName.MatchesSimpleExpression(code.Name, plain));
        CodedTerm? side = words.Contains("left", StringComparer.OrdinalIgnoreCase) ? s_left : words.Contains("right", StringComparer.OrdinalIgnoreCase) ? s_right : null;
        return new SegmentTerms(code?.Category ?? CodedTerm.Tissue, code?.Type ?? CodedTerm.Tissue, side);
    }

    /// <summary>Formats the codes as a terminology entry of 3D Slicer: category, type and modifier, then an empty region.</summary>
    public string ToSlicer() =>
        $"Segmentation category and type - MedSeg~{Text(Category)}~{Text(Type)}~{(Side is null ? "^^" : Text(Side))}~Anatomic codes - DICOM master list~^^~^^";

    private static string Text(CodedTerm term) => string.Join('^', new[] { term.Scheme, term.Value, term.Meaning }.Select(part => part.Replace('^', ' ').Replace('~', ' ').Replace('|', ' ')));
}
