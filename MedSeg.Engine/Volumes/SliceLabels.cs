using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>The labels of a volume on one slice.</summary>
/// <param name="Mask">The mask.</param>
/// <param name="IsMatched">Whether the volume covers this slice; if not, the mask is all background.</param>
/// <param name="Problems">The problems found; their messages start with the path of the file.</param>
internal sealed record SliceLabels(LabelImage Mask, bool IsMatched, IReadOnlyList<LabelProblem> Problems);
