using System.Globalization;
using MedSeg.Models;

namespace MedSeg.Evaluation;

/// <summary>The post-processing of an ROI, and the Dice score on held-out slices without and with it.</summary>
public sealed record RoiFinding
{
    /// <summary>Gets the ROI's number, from 1.</summary>
    public required int Roi { get; init; }

    /// <summary>Gets the ROI's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the number of slices with the ROI, in the label or in the mask without post-processing.</summary>
    public required int Slices { get; init; }

    /// <summary>Gets the post-processing.</summary>
    public required RoiPostProcessing PostProcessing { get; init; }

    /// <summary>Gets the mean Dice score per slice without post-processing, 0 to 1; null where no slice has the ROI.</summary>
    public required double? DiceBefore { get; init; }

    /// <summary>Gets the mean Dice score per slice with the post-processing of all ROIs.</summary>
    public required double? DiceAfter { get; init; }

    /// <inheritdoc/>
    public override string ToString() => PostProcessing.IsNone
        ? string.Create(CultureInfo.InvariantCulture, $"{Name}: none ({DiceBefore:0.000})")
        : string.Create(CultureInfo.InvariantCulture, $"{Name}: {PostProcessing} ({DiceBefore:0.000} → {DiceAfter:0.000})");
}
