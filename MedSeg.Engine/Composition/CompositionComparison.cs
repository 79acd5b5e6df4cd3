using MedSeg.Comparison;
using MedSeg.Labels;

namespace MedSeg.Composition;

/// <summary>How raters agree on the composition of ROIs.</summary>
/// <param name="Rois">For each ROI and pair of raters the agreement of FatPercent, and of LeanArea if the pixel spacing is known.</param>
/// <param name="Problems">The slices that could not be measured.</param>
public sealed record CompositionComparison(IReadOnlyList<RoiAgreement> Rois, IReadOnlyList<LabelProblem> Problems);
