using System.Globalization;

namespace MedSeg.Evaluation;

/// <summary>How much a model disagrees with the drawn label of an ROI in a slice. Pixels are those of the network's input.</summary>
public sealed record RoiDisagreement
{
    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Gets the disagreement, from 0 to 1: 1 − Dice, where each pixel counts as much as the model is certain of it, and a small ROI counts
    /// as if it had half of its usual size.
    /// </summary>
    public required double Score { get; init; }

    /// <summary>Gets the Dice score of both masks; null where neither has the ROI.</summary>
    public required double? Dice { get; init; }

    /// <summary>Gets the number of pixels that were drawn.</summary>
    public required long DrawnPixels { get; init; }

    /// <summary>Gets the number of pixels that the model found.</summary>
    public required long FoundPixels { get; init; }

    /// <summary>Gets the ROI that the model finds in more than half of the drawn pixels instead; null if there is none.</summary>
    public string? LikelyRoi { get; init; }

    /// <summary>Gets a sentence that says what differs.</summary>
    public string Finding => (DrawnPixels, FoundPixels) switch
    {
        _ when LikelyRoi is not null => $"'{Name}' was drawn where the model finds '{LikelyRoi}'.",
        (0, 0) => $"'{Name}' was neither drawn nor found.",
        (0, _) => string.Create(CultureInfo.InvariantCulture, $"'{Name}' was not drawn, but the model finds {FoundPixels} pixels of it."),
        (_, 0) => string.Create(CultureInfo.InvariantCulture, $"'{Name}' was drawn with {DrawnPixels} pixels, but the model does not find it."),
        _ => string.Create(CultureInfo.InvariantCulture, $"'{Name}' was drawn with {DrawnPixels} pixels, the model finds {FoundPixels}; the Dice score is {Dice:0.00}."),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Score:0.000}");
}
