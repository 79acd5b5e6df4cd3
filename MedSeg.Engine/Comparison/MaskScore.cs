using MedSeg.Options;

namespace MedSeg.Comparison;

/// <summary>How the masks of two raters agree for an ROI, in one slice or in all slices of a patient.</summary>
public sealed record MaskScore
{
    /// <summary>Gets the name of the slice; null in the score of a patient.</summary>
    public string? Slice { get; init; }

    /// <summary>Gets the patient; where it is not known, the name of the slice.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the number of slices.</summary>
    public int Slices { get; init; } = 1;

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the first rater.</summary>
    public required string RaterA { get; init; }

    /// <summary>Gets the second rater.</summary>
    public required string RaterB { get; init; }

    /// <summary>Gets the Dice score; null where neither mask has the ROI, 0 where one has it.</summary>
    public double? Dice { get; init; }

    /// <summary>Gets the intersection over union; null and 0 as for Dice.</summary>
    public double? Iou { get; init; }

    /// <summary>Gets the 95 % Hausdorff distance, in <see cref="Unit"/>; null where a mask does not have the ROI. Of a patient, the mean over the slices.</summary>
    [Unit("{Unit}")]
    public double? Hausdorff95 { get; init; }

    /// <summary>Gets the average symmetric surface distance, in <see cref="Unit"/>; null and the mean as for the Hausdorff distance.</summary>
    [Unit("{Unit}")]
    public double? SurfaceDistance { get; init; }

    /// <summary>Gets the area in the first rater's mask, in the square of <see cref="Unit"/>. Of a patient, the mean over the slices where either rater has the ROI.</summary>
    [Unit("{AreaUnit}")]
    public required double AreaA { get; init; }

    /// <summary>Gets the area in the second rater's mask, as that of the first.</summary>
    [Unit("{AreaUnit}")]
    public required double AreaB { get; init; }

    /// <summary>Gets the second area minus the first.</summary>
    [Unit("{AreaUnit}")]
    public double AreaDifference => AreaB - AreaA;

    /// <summary>Gets the difference as a percentage of the mean of both areas; null where both are 0.</summary>
    [Unit("%")]
    public double? AreaDifferencePercent => AreaA + AreaB > 0 ? 200 * AreaDifference / (AreaA + AreaB) : null;

    /// <summary>Gets the number of pixels of the first rater's mask.</summary>
    public required long PixelsA { get; init; }

    /// <summary>Gets the number of pixels of the second rater's mask.</summary>
    public required long PixelsB { get; init; }

    /// <summary>Gets the unit of distances, mm or pixel.</summary>
    public required string Unit { get; init; }

    /// <summary>Gets the unit of areas, mm² or pixel².</summary>
    public string AreaUnit => Unit + "²";
}
