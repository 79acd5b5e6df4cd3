using MedSeg.Labels;
using MedSeg.Wording;

namespace MedSeg.Data;

/// <summary>A report on a label mask: its values, its ROIs and its problems.</summary>
public sealed record LabelReport
{
    /// <summary>Gets the name of the sample.</summary>
    public required string Name { get; init; }

    /// <summary>Gets a value indicating whether the sample can be used.</summary>
    public required bool IsValid { get; init; }

    /// <summary>Gets a value indicating whether the sample can be used but has a warning, so that it is probably mistaken.</summary>
    public bool IsSuspect => IsValid && Problems.Any(p => p.Severity == LabelSeverity.Warning);

    /// <summary>Gets the number of pixels of each ROI at the mask's original size, by the name of the ROI.</summary>
    public required IReadOnlyDictionary<string, long> RoiPixels { get; init => field = ItemTable<long>.Of(value); }

    /// <summary>Gets the area of each ROI in mm², by the name of the ROI; null if the image does not state its pixel spacing.</summary>
    public IReadOnlyDictionary<string, double?> RoiAreas { get; init => field = ItemTable<double?>.Of(value); } = ItemTable<double?>.Of(new Dictionary<string, double?>());

    /// <summary>Gets the number of connected parts of each ROI, by the name of the ROI.</summary>
    public IReadOnlyDictionary<string, int> RoiParts { get; init => field = ItemTable<int>.Of(value); } = ItemTable<int>.Of(new Dictionary<string, int>());

    /// <summary>Gets the ROI that was probably meant, by the name of the ROI in the mask; empty if none is in doubt.</summary>
    public IReadOnlyDictionary<string, string> LikelyRois { get; init => field = ItemTable<string>.Of(value); } = ItemTable<string>.Of(new Dictionary<string, string>());

    /// <summary>Gets the values of the mask.</summary>
    public required IReadOnlyList<LabelValueCount> Values { get; init => field = ItemList<LabelValueCount>.Of(value); }

    /// <summary>Gets the problems of the sample.</summary>
    public required IReadOnlyList<LabelProblem> Problems { get; init => field = ItemList<LabelProblem>.Of(value); }

    /// <summary>Gets the path of the mask, or of the image if there is no mask.</summary>
    public required string Path { get; init; }
}
