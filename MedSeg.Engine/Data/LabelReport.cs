namespace MedSeg;

/// <summary>What a label mask holds and what is wrong with it.</summary>
/// <param name="Name">The sample's name.</param>
/// <param name="IsValid">Whether the sample can be used.</param>
/// <param name="RoiPixels">The pixels of each ROI at the mask's own size, by its name.</param>
/// <param name="Values">The values of the mask.</param>
/// <param name="Problems">What is wrong.</param>
/// <param name="Path">The mask's path; the image's where there is no mask.</param>
public sealed record LabelReport(string Name, bool IsValid, IReadOnlyDictionary<string, long> RoiPixels, IReadOnlyList<LabelValueCount> Values, IReadOnlyList<LabelProblem> Problems, string Path);
