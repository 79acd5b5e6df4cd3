namespace MedSeg.Evaluation;

/// <summary>All scores of a model on a data set.</summary>
/// <param name="Rois">One for each ROI.</param>
/// <param name="Patients">One for each patient and ROI.</param>
/// <param name="Slices">One for each slice and ROI.</param>
public sealed record ModelEvaluation(IReadOnlyList<ModelScore> Rois, IReadOnlyList<CaseScore> Patients, IReadOnlyList<CaseScore> Slices);
