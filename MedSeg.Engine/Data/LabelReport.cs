using MedSeg.Labels;

namespace MedSeg.Data;

/// <summary>What a label mask holds, and what is wrong or unusual about it.</summary>
public sealed record LabelReport
{
    /// <summary>Gets the sample's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets a value indicating whether the sample can be used.</summary>
    public required bool IsValid { get; init; }

    /// <summary>Gets a value indicating whether the sample can be used, but is probably mistaken: it has a warning.</summary>
    public bool IsSuspect => IsValid && Problems.Any(p => p.Severity == LabelSeverity.Warning);

    /// <summary>Gets the pixels of each ROI at the mask's own size, by its name.</summary>
    public required IReadOnlyDictionary<string, long> RoiPixels { get; init; }

    /// <summary>Gets the area of each ROI in mm², by its name; null where the image does not tell its pixel spacing.</summary>
    public IReadOnlyDictionary<string, double?> RoiAreas { get; init; } = new Dictionary<string, double?>();

    /// <summary>Gets the number of connected parts of each ROI, by its name.</summary>
    public IReadOnlyDictionary<string, int> RoiParts { get; init; } = new Dictionary<string, int>();

    /// <summary>Gets the ROI that is probably meant, by the name of the ROI in the mask; empty where none is in doubt.</summary>
    public IReadOnlyDictionary<string, string> LikelyRois { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the values of the mask.</summary>
    public required IReadOnlyList<LabelValueCount> Values { get; init; }

    /// <summary>Gets what is wrong or unusual.</summary>
    public required IReadOnlyList<LabelProblem> Problems { get; init; }

    /// <summary>Gets the mask's path; the image's where there is no mask.</summary>
    public required string Path { get; init; }
}
