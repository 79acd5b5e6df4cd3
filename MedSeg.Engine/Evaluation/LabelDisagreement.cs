using MedSeg.Imaging;
using MedSeg.Wording;

namespace MedSeg.Evaluation;

/// <summary>How much a model disagrees with the label mask of a slice.</summary>
public sealed record LabelDisagreement
{
    /// <summary>Gets the place in the ranking: 1 for the slice that the model disagrees with most.</summary>
    public required int Rank { get; init; }

    /// <summary>Gets the name of the sample.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the disagreement, from 0 to 1: the highest of those of the ROIs.</summary>
    public required double Score { get; init; }

    /// <summary>Gets the name of the ROI with the highest disagreement.</summary>
    public required string Roi { get; init; }

    /// <summary>Gets the Dice score of that ROI; null where neither mask has it.</summary>
    public required double? Dice { get; init; }

    /// <summary>Gets a sentence that says what differs most.</summary>
    public required string Finding { get; init; }

    /// <summary>Gets the disagreement of each ROI, in the order of their numbers.</summary>
    public required IReadOnlyList<RoiDisagreement> Rois { get; init => field = ItemList<RoiDisagreement>.Of(value); }

    /// <summary>
    /// Gets a value indicating whether the models that judged the slice were not trained on it. A model learns the mistakes of its own
    /// training labels, so it hardly disagrees with them.
    /// </summary>
    public required bool IsHeldOut { get; init; }

    /// <summary>Gets the absolute paths of the models that judged the slice; their probabilities were averaged.</summary>
    public required IReadOnlyList<string> Models { get; init => field = ItemList<string>.Of(value); }

    /// <summary>Gets a hash that identifies the patient within the session.</summary>
    public required string Patient { get; init; }

    /// <summary>Gets the path of the mask.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the path of the picture of both masks; null if none was drawn.</summary>
    public string? PicturePath { get; init; }

    /// <summary>Gets the mask that was found, [S, S]; null in a record that <see cref="LabelReview"/> did not make.</summary>
    internal PackedMask? Found { get; init; }
}
