using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>The labels of a volume on one slice.</summary>
/// <param name="Mask">The mask.</param>
/// <param name="IsMatched">Whether the volume says something of this slice; else all of it is background.</param>
/// <param name="Problems">What is wrong with it, without the file's path.</param>
internal sealed record SliceLabels(LabelImage Mask, bool IsMatched, IReadOnlyList<LabelProblem> Problems);
