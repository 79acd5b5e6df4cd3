using MedSeg.Labels;

namespace MedSeg.Comparison;

/// <summary>The consensus of several raters.</summary>
/// <param name="Masks">One for each slice with the masks of at least two raters.</param>
/// <param name="Raters">One for each rater and ROI.</param>
/// <param name="Problems">The masks that could not be used.</param>
public sealed record ConsensusResult(IReadOnlyList<ConsensusMask> Masks, IReadOnlyList<RaterScore> Raters, IReadOnlyList<LabelProblem> Problems);
