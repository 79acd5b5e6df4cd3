namespace MedSeg.Evaluation;

/// <summary>The scores of a model for an ROI.</summary>
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

    /// <summary>Gets the number of slices with the ROI in neither mask; they are in no score.</summary>
    public required int BothEmpty { get; init; }

    /// <summary>Gets the number of slices whose ROI was not found at all; they have no distances.</summary>
    public required int Missed { get; init; }

    /// <summary>Gets the number of slices without the ROI on which the model found it; Dice and IoU are 0, and they have no distances.</summary>
    public required int Invented { get; init; }

    /// <summary>Gets the Dice score per slice.</summary>
    public required ScoreSummary Dice { get; init; }

    /// <summary>Gets the Dice score per patient, over all pixels of the patient's slices.</summary>
    public required ScoreSummary PatientDice { get; init; }

    /// <summary>Gets the intersection over union per slice.</summary>
    public required ScoreSummary Iou { get; init; }

    /// <summary>Gets the precision per slice.</summary>
    public required ScoreSummary Precision { get; init; }

    /// <summary>Gets the recall per slice.</summary>
    public required ScoreSummary Recall { get; init; }

    /// <summary>Gets the 95 % Hausdorff distance per slice, in mm.</summary>
    public required ScoreSummary Hausdorff95 { get; init; }

    /// <summary>Gets the average symmetric surface distance per slice, in mm.</summary>
    public required ScoreSummary SurfaceDistance { get; init; }

    /// <summary>Gets the mean difference of the areas, found minus label, in mm² (Bland and Altman 1986); null where no slice has an area.</summary>
    public double? AreaBias { get; init; }

    /// <summary>Gets 1.96 standard deviations of that difference, in mm²: the limits of agreement are the bias ± this value.</summary>
    public double? AreaLimit { get; init; }
}
