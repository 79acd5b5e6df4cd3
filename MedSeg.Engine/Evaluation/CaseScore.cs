using MedSeg.Options;

namespace MedSeg.Evaluation;

/// <summary>The scores of an ROI in one slice, or in all slices of a patient.</summary>
public sealed record CaseScore
{
    /// <summary>Gets the name of the slice; null in the score of a patient.</summary>
    public string? Slice { get; init; }

    /// <summary>Gets a hash that identifies the patient within the session.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the number of slices.</summary>
    public int Slices { get; init; } = 1;

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of pixels of the label mask, at its own size.</summary>
    public required long TruthPixels { get; init; }

    /// <summary>Gets the number of pixels that the model found.</summary>
    public required long FoundPixels { get; init; }

    /// <summary>Gets the area in the label mask, in mm²; null where the file states no pixel spacing.</summary>
    [Unit("mm²")]
    public double? TruthArea { get; init; }

    /// <summary>Gets the area that the model found, in mm²; null where the file states no pixel spacing.</summary>
    [Unit("mm²")]
    public double? FoundArea { get; init; }

    /// <summary>Gets the Dice score; null where neither mask has the ROI, 0 where one has it.</summary>
    public double? Dice { get; init; }

    /// <summary>Gets the intersection over union; null and 0 as for Dice.</summary>
    public double? Iou { get; init; }

    /// <summary>Gets the fraction of the found pixels that are in the label mask; null where nothing was found.</summary>
    public double? Precision { get; init; }

    /// <summary>Gets the fraction of the label mask that was found; null where the label mask does not have the ROI.</summary>
    public double? Recall { get; init; }

    /// <summary>Gets the 95 % Hausdorff distance, in mm; null where a mask does not have the ROI or the file states no pixel spacing.</summary>
    [Unit("mm")]
    public double? Hausdorff95 { get; init; }

    /// <summary>Gets the average symmetric surface distance, in mm; null as for the Hausdorff distance.</summary>
    [Unit("mm")]
    public double? SurfaceDistance { get; init; }
}
