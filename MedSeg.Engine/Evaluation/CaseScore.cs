namespace MedSeg.Evaluation;

/// <summary>How well an ROI of a slice, or of all slices of a patient, was found.</summary>
public sealed record CaseScore
{
    /// <summary>Gets the name of the slice; null in the score of a patient.</summary>
    public string? Slice { get; init; }

    /// <summary>Gets what tells the patient apart within the session.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the number of slices.</summary>
    public int Slices { get; init; } = 1;

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the pixels of the mask that is right, at its own size.</summary>
    public required long TruthPixels { get; init; }

    /// <summary>Gets the pixels that the model found.</summary>
    public required long FoundPixels { get; init; }

    /// <summary>Gets the area of the mask that is right, in mm²; null where the file states no pixel spacing.</summary>
    public double? TruthArea { get; init; }

    /// <summary>Gets the area that the model found, in mm²; null where the file states no pixel spacing.</summary>
    public double? FoundArea { get; init; }

    /// <summary>Gets the Dice score; null where neither mask has the ROI, 0 where one has it.</summary>
    public double? Dice { get; init; }

    /// <summary>Gets the intersection over union; null and 0 as for Dice.</summary>
    public double? Iou { get; init; }

    /// <summary>Gets the share of what was found that is right; null where nothing was found.</summary>
    public double? Precision { get; init; }

    /// <summary>Gets the share of what is right that was found; null where the mask that is right lacks the ROI.</summary>
    public double? Recall { get; init; }

    /// <summary>Gets the 95 % Hausdorff distance, in mm; null where a mask lacks the ROI or the file states no pixel spacing.</summary>
    public double? Hausdorff95 { get; init; }

    /// <summary>Gets the mean distance of the two edges, in mm; null as for the Hausdorff distance.</summary>
    public double? SurfaceDistance { get; init; }
}
