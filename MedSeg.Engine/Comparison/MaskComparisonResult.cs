using MedSeg.Labels;

namespace MedSeg.Comparison;

/// <summary>The comparison of the masks of two or more raters.</summary>
/// <param name="Rois">One for each ROI and pair of raters; with three or more raters also one for each ROI and all raters together.</param>
/// <param name="Patients">One for each patient, ROI and pair of raters.</param>
/// <param name="Slices">One for each slice, ROI and pair of raters.</param>
/// <param name="Problems">The masks that could not be compared, and what the numbers do not take into account.</param>
public sealed record MaskComparisonResult(IReadOnlyList<RoiAgreement> Rois, IReadOnlyList<MaskScore> Patients, IReadOnlyList<MaskScore> Slices, IReadOnlyList<LabelProblem> Problems);
