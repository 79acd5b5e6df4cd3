using System.Text.RegularExpressions;
using MedSeg.Dicom.Parsing;

namespace MedSeg.Inventory;

/// <summary>
/// Finds out what the values of an image show: from Image Type (PS3.3, C.8.3.1.1.1, and what Siemens, Philips and GE add to it), Complex Image
/// Component (C.8.13.3.1.1), GE's private image type, and, for Dixon sequences and volumes, from words of the description or the file name.
/// </summary>
internal static partial class ChannelKinds
{
    private static readonly Dictionary<string, ChannelKind> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["WATER"] = ChannelKind.Water, ["W"] = ChannelKind.Water,
        ["FAT"] = ChannelKind.Fat, ["F"] = ChannelKind.Fat,
        ["IN_PHASE"] = ChannelKind.InPhase, ["INPHASE"] = ChannelKind.InPhase, ["IP"] = ChannelKind.InPhase, ["IN"] = ChannelKind.InPhase,
        ["OUT_PHASE"] = ChannelKind.OpposedPhase, ["OUTPHASE"] = ChannelKind.OpposedPhase, ["OPP_PHASE"] = ChannelKind.OpposedPhase,
        ["OPPOSED_PHASE"] = ChannelKind.OpposedPhase, ["OP"] = ChannelKind.OpposedPhase, ["OPP"] = ChannelKind.OpposedPhase,
        ["FAT_FRACTION"] = ChannelKind.FatFraction, ["FF"] = ChannelKind.FatFraction, ["FATFRAC"] = ChannelKind.FatFraction, ["PDFF"] = ChannelKind.FatFraction,
        ["M"] = ChannelKind.Magnitude, ["MAGNITUDE"] = ChannelKind.Magnitude, ["M_FFE"] = ChannelKind.Magnitude, ["M_SE"] = ChannelKind.Magnitude, ["M_IR"] = ChannelKind.Magnitude,
        ["P"] = ChannelKind.Phase, ["PHASE"] = ChannelKind.Phase, ["PHASE MAP"] = ChannelKind.Phase, ["P_FFE"] = ChannelKind.Phase,
        ["R"] = ChannelKind.Real, ["REAL"] = ChannelKind.Real, ["R_FFE"] = ChannelKind.Real,
        ["I"] = ChannelKind.Imaginary, ["IMAGINARY"] = ChannelKind.Imaginary, ["I_FFE"] = ChannelKind.Imaginary,
        ["MIXED"] = ChannelKind.Mixed,
    };

    /// <summary>Finds the kind of a DICOM image.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="description">The description of the series.</param>
    public static ChannelKind Of(DicomDataset dataset, string description)
    {
        // The first two values say whether the image is original and primary. A Dixon image may also be called a magnitude.
        string[] values = (dataset.FindText(DicomTag.ImageType) ?? "").Split('\\', StringSplitOptions.TrimEntries);
        ChannelKind[] kinds = [.. values.Skip(2).Select(value => s_types.GetValueOrDefault(value)).Where(kind => kind != ChannelKind.Unknown)];
        ChannelKind dixon = kinds.FirstOrDefault(IsDixon);
        if (dixon != ChannelKind.Unknown)
        {
            return dixon;
        }

        bool isDixon = description.Contains("dixon", StringComparison.OrdinalIgnoreCase) || values.Contains("DIXON", StringComparer.OrdinalIgnoreCase);
        if (isDixon && OfWords(description) is not ChannelKind.Unknown and ChannelKind named)
        {
            return named;
        }

        return kinds.Length > 0 ? kinds[0] : OfComponent(dataset);
    }

    /// <summary>Finds the kind of a volume that is not DICOM.</summary>
    /// <param name="name">The name of its file, without extension; its last word tells, as in <c>P01_water</c> or <c>P01_dixon_W</c>.</param>
    public static ChannelKind OfName(string name) => OfWords(name);

    private static bool IsDixon(ChannelKind kind) => kind is >= ChannelKind.Water and <= ChannelKind.FatFraction;

    private static ChannelKind OfWords(string text)
    {
        Match last = LastWord().Match(text.TrimEnd());
        return last.Success && s_types.TryGetValue(last.Groups[1].Value.Replace('-', '_'), out ChannelKind kind) && kind is not (ChannelKind.Mixed or ChannelKind.Real or ChannelKind.Imaginary)
            ? kind
            : ChannelKind.Unknown;
    }

    private static ChannelKind OfComponent(DicomDataset dataset)
    {
        if (dataset.FindText(DicomTag.ComplexImageComponent) is { } component)
        {
            return s_types.GetValueOrDefault(component);
        }

        bool isGe = dataset.FindText(DicomTag.GeCreator) == "GEMS_PARM_01" && dataset.Find(DicomTag.GeImageType) is { Value.Length: 2 };
        return !isGe ? ChannelKind.Unknown : dataset.FindUInt16(DicomTag.GeImageType) switch
        {
            0 => ChannelKind.Magnitude,
            1 => ChannelKind.Phase,
            2 => ChannelKind.Real,
            3 => ChannelKind.Imaginary,
            _ => ChannelKind.Unknown,
        };
    }

    [GeneratedRegex("""[_\s:]((?:in|out|opp|opposed)[-_]?phase|fat[-_]fraction|[A-Za-z]+)$""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LastWord();
}
