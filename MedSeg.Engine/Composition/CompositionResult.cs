using MedSeg.Labels;

namespace MedSeg.Composition;

/// <summary>The composition of the ROIs of a data set.</summary>
/// <param name="Slices">One for each slice and ROI.</param>
/// <param name="Patients">One for each patient and ROI.</param>
/// <param name="Levels">One for each patient, level and ROI; empty if no levels were given.</param>
/// <param name="Problems">The slices that could not be measured.</param>
public sealed record CompositionResult(IReadOnlyList<RoiComposition> Slices, IReadOnlyList<PatientComposition> Patients, IReadOnlyList<PatientComposition> Levels, IReadOnlyList<LabelProblem> Problems)
{
    /// <summary>Gets a summary for each patient, scan and ROI; the same as of patients if files and folders do not tell scans apart.</summary>
    public IReadOnlyList<PatientComposition> Scans { get; init; } = [];
}
