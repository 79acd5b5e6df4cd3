namespace MedSeg.Evaluation;

/// <summary>How well a model finds an ROI.</summary>
public sealed record ModelScore
{
    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of slices.</summary>
    public required int Slices { get; init; }

    /// <summary>Gets the number of patients.</summary>
    public required int Patients { get; init; }

    /// <summary>Gets the slices that have the ROI in neither mask: they count in no score.</summary>
    public required int BothEmpty { get; init; }

    /// <summary>Gets the slices that have the ROI of which nothing was found: they have no distances.</summary>
    public required int Missed { get; init; }

    /// <summary>Gets the slices that lack the ROI on which it was found: Dice and IoU are 0, and there are no distances.</summary>
    public required int Invented { get; init; }

    /// <summary>Gets the Dice score by slice.</summary>
    public required ScoreSummary Dice { get; init; }

    /// <summary>Gets the Dice score by patient, of all pixels of the patient's slices.</summary>
    public required ScoreSummary PatientDice { get; init; }

    /// <summary>Gets the intersection over union by slice.</summary>
    public required ScoreSummary Iou { get; init; }

    /// <summary>Gets the precision by slice.</summary>
    public required ScoreSummary Precision { get; init; }

    /// <summary>Gets the recall by slice.</summary>
    public required ScoreSummary Recall { get; init; }

    /// <summary>Gets the 95 % Hausdorff distance by slice, in mm.</summary>
    public required ScoreSummary Hausdorff95 { get; init; }

    /// <summary>Gets the mean distance of the edges by slice, in mm.</summary>
    public required ScoreSummary SurfaceDistance { get; init; }

    /// <summary>Gets the mean difference of the areas, found less right, in mm² (Bland and Altman 1986); null where no slice has areas.</summary>
    public double? AreaBias { get; init; }

    /// <summary>Gets 1.96 standard deviations of that difference, in mm²: the limits of agreement lie so far to both sides of the bias.</summary>
    public double? AreaLimit { get; init; }
}
