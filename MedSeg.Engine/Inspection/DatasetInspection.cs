using MedSeg.Data;
using MedSeg.Labels;

namespace MedSeg.Inspection;

/// <summary>What the inspection of a data set found.</summary>
public sealed record DatasetInspection
{
    /// <summary>Gets the folder of the masks.</summary>
    public required string LabelPath { get; init; }

    /// <summary>Gets the number of usable samples.</summary>
    public required int Samples { get; init; }

    /// <summary>Gets the number of patients among them.</summary>
    public required int Patients { get; init; }

    /// <summary>Gets how each ROI occurs.</summary>
    public required IReadOnlyList<RoiSummary> Rois { get; init; }

    /// <summary>Gets the number of samples that cannot be used.</summary>
    public int Invalid => Reports.Count(r => !r.IsValid);

    /// <summary>Gets the number of samples that can be used, but are probably mistaken.</summary>
    public int Suspect => Reports.Count(r => r.IsSuspect);

    /// <summary>Gets what concerns the whole set.</summary>
    public required IReadOnlyList<LabelProblem> Problems { get; init; }

    /// <summary>Gets a report for each sample, in the order of their names.</summary>
    public required IReadOnlyList<LabelReport> Reports { get; init; }

    /// <summary>Gets a value indicating whether there is no error and no warning; notices may be there.</summary>
    public bool IsClean => Problems.Concat(Reports.SelectMany(r => r.Problems)).All(p => p.Severity == LabelSeverity.Notice);
}
