namespace MedSeg.Comparison;

/// <summary>How well the masks of a rater agree with the consensus, for an ROI.</summary>
public sealed record RaterScore
{
    /// <summary>Gets the rater.</summary>
    public required string Rater { get; init; }

    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the fraction of the consensus that the rater marked; of STAPLE, its estimate. Null if the ROI does not occur.</summary>
    public double? Sensitivity { get; init; }

    /// <summary>Gets the fraction of the pixels outside of the consensus that the rater did not mark; of STAPLE, its estimate.</summary>
    public double? Specificity { get; init; }

    /// <summary>Gets the Dice score with the consensus, over all pixels of all slices; null if neither has the ROI.</summary>
    public double? Dice { get; init; }
}
