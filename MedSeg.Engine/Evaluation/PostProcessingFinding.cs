using MedSeg.Models;
using MedSeg.Wording;

namespace MedSeg.Evaluation;

/// <summary>What held-out slices say about the masks and the confidence of a model.</summary>
public sealed record PostProcessingFinding
{
    /// <summary>Gets the absolute paths of the models.</summary>
    public required IReadOnlyList<string> ModelPaths { get; init => field = ItemList<string>.Of(value); }

    /// <summary>Gets the number of held-out slices.</summary>
    public required int Slices { get; init; }

    /// <summary>Gets the number of their patients.</summary>
    public required int Patients { get; init; }

    /// <summary>Gets the post-processing of each ROI.</summary>
    public required IReadOnlyList<RoiFinding> Rois { get; init => field = ItemList<RoiFinding>.Of(value); }

    /// <summary>Gets the temperature and the expected Dice; null if the models found no ROI at all.</summary>
    public required ConfidenceCalibration? Calibration { get; init; }

    /// <summary>Gets the mean over the ROIs of their mean Dice score without post-processing, 0 to 1.</summary>
    public double? DiceBefore => Rois.Average(roi => roi.DiceBefore);

    /// <summary>Gets the mean over the ROIs of their mean Dice score with post-processing, 0 to 1.</summary>
    public double? DiceAfter => Rois.Average(roi => roi.DiceAfter);

    /// <summary>Gets the temperature; null if the models found no ROI.</summary>
    public double? Temperature => Calibration?.Temperature;
}
