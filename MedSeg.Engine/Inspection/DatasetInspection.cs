using MedSeg.Data;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>The findings of the inspection of a data set.</summary>
public sealed record DatasetInspection
{
    /// <summary>Gets the folder of the masks.</summary>
    public required string LabelPath { get; init; }

    /// <summary>Gets the number of usable samples.</summary>
    public required int Samples { get; init; }

    /// <summary>Gets the number of patients of the usable samples.</summary>
    public required int Patients { get; init; }

    /// <summary>Gets how often each ROI occurs.</summary>
    public required IReadOnlyList<RoiSummary> Rois { get; init; }

    /// <summary>Gets the number of samples that cannot be used.</summary>
    public int Invalid => Reports.Count(r => !r.IsValid);

    /// <summary>Gets the number of usable samples with a warning, which are probably mistaken.</summary>
    public int Suspect => Reports.Count(r => r.IsSuspect);

    /// <summary>Gets the problems of the data set as a whole.</summary>
    public required IReadOnlyList<LabelProblem> Problems { get; init; }

    /// <summary>Gets a report for each sample, in the order of their names.</summary>
    public required IReadOnlyList<LabelReport> Reports { get; init; }

    /// <summary>Gets a value indicating whether there are no errors and no warnings; there may be notices.</summary>
    public bool IsClean => Problems.Concat(Reports.SelectMany(r => r.Problems)).All(p => p.Severity == LabelSeverity.Notice);
}
