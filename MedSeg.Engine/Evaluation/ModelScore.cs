using MedSeg.Options;

namespace MedSeg.Evaluation;

/// <summary>The scores of a model for an ROI: means over the slices, and the agreement of the areas. docs/metrics.md and docs/agreement.md have the formulas.</summary>
/// <remarks>Low and High are the ends of 95 % intervals; they are null with fewer than two patients. Other values are null where no slice has them.</remarks>
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

    /// <summary>Gets the number of slices that have distances: both masks have the ROI, and the pixel spacing is known.</summary>
    public required int DistanceSlices { get; init; }

    /// <summary>Gets the mean Dice score per slice; the interval is a bootstrap over patients, as are those that follow.</summary>
    public double? Dice { get; init; }

    /// <summary>Gets the lower end for the Dice score.</summary>
    public double? DiceLow { get; init; }

    /// <summary>Gets the upper end for the Dice score.</summary>
    public double? DiceHigh { get; init; }

    /// <summary>Gets the mean over patients of the Dice score of all pixels of a patient's slices.</summary>
    public double? PatientDice { get; init; }

    /// <summary>Gets the lower end for the Dice score of patients.</summary>
    public double? PatientDiceLow { get; init; }

    /// <summary>Gets the upper end for the Dice score of patients.</summary>
    public double? PatientDiceHigh { get; init; }

    /// <summary>Gets the mean intersection over union per slice.</summary>
    public double? Iou { get; init; }

    /// <summary>Gets the lower end for the intersection over union.</summary>
    public double? IouLow { get; init; }

    /// <summary>Gets the upper end for the intersection over union.</summary>
    public double? IouHigh { get; init; }

    /// <summary>Gets the mean precision per slice.</summary>
    public double? Precision { get; init; }

    /// <summary>Gets the lower end for the precision.</summary>
    public double? PrecisionLow { get; init; }

    /// <summary>Gets the upper end for the precision.</summary>
    public double? PrecisionHigh { get; init; }

    /// <summary>Gets the mean recall per slice.</summary>
    public double? Recall { get; init; }

    /// <summary>Gets the lower end for the recall.</summary>
    public double? RecallLow { get; init; }

    /// <summary>Gets the upper end for the recall.</summary>
    public double? RecallHigh { get; init; }

    /// <summary>Gets the mean 95 % Hausdorff distance per slice, in mm.</summary>
    [Unit("mm")]
    public double? Hausdorff95 { get; init; }

    /// <summary>Gets the lower end for the Hausdorff distance.</summary>
    [Unit("mm")]
    public double? Hausdorff95Low { get; init; }

    /// <summary>Gets the upper end for the Hausdorff distance.</summary>
    [Unit("mm")]
    public double? Hausdorff95High { get; init; }

    /// <summary>Gets the mean average symmetric surface distance per slice, in mm.</summary>
    [Unit("mm")]
    public double? SurfaceDistance { get; init; }

    /// <summary>Gets the lower end for the surface distance.</summary>
    [Unit("mm")]
    public double? SurfaceDistanceLow { get; init; }

    /// <summary>Gets the upper end for the surface distance.</summary>
    [Unit("mm")]
    public double? SurfaceDistanceHigh { get; init; }

    /// <summary>Gets the mean difference of the areas, found minus label, in mm² (Bland and Altman 1986).</summary>
    [Unit("mm²")]
    public double? AreaBias { get; init; }

    /// <summary>Gets the lower end for the bias.</summary>
    [Unit("mm²")]
    public double? AreaBiasLow { get; init; }

    /// <summary>Gets the upper end for the bias.</summary>
    [Unit("mm²")]
    public double? AreaBiasHigh { get; init; }

    /// <summary>Gets 1.96 standard deviations of that difference, in mm², of all slices as if they were independent.</summary>
    [Unit("mm²")]
    public double? AreaLimit { get; init; }

    /// <summary>Gets the lower limit of agreement, in mm², with the variance between and within patients (Bland and Altman 2007).</summary>
    [Unit("mm²")]
    public double? AreaLowerLimit { get; init; }

    /// <summary>Gets the upper limit of agreement, in mm².</summary>
    [Unit("mm²")]
    public double? AreaUpperLimit { get; init; }

    /// <summary>Gets ICC(2,1) of the patients' mean areas: absolute agreement of model and label (Shrout and Fleiss 1979).</summary>
    public double? Icc21 { get; init; }

    /// <summary>Gets the lower end for the ICC(2,1).</summary>
    public double? Icc21Low { get; init; }

    /// <summary>Gets the upper end for the ICC(2,1).</summary>
    public double? Icc21High { get; init; }

    /// <summary>Gets ICC(3,1): consistency of model and label.</summary>
    public double? Icc31 { get; init; }

    /// <summary>Gets the lower end for the ICC(3,1).</summary>
    public double? Icc31Low { get; init; }

    /// <summary>Gets the upper end for the ICC(3,1).</summary>
    public double? Icc31High { get; init; }

    /// <summary>Gets Lin's concordance correlation coefficient of the patients' mean areas.</summary>
    public double? Concordance { get; init; }

    /// <summary>Gets the lower end for the concordance.</summary>
    public double? ConcordanceLow { get; init; }

    /// <summary>Gets the upper end for the concordance.</summary>
    public double? ConcordanceHigh { get; init; }

    /// <summary>Gets the standard error of measurement of the patients' mean areas, in mm².</summary>
    [Unit("mm²")]
    public double? Sem { get; init; }

    /// <summary>Gets the minimal detectable change, in mm².</summary>
    [Unit("mm²")]
    public double? Mdc { get; init; }
}
