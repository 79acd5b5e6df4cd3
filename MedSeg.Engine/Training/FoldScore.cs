using System.Globalization;

namespace MedSeg.Training;

/// <summary>How good the model of one fold of a cross-validation is on the patients held out.</summary>
public sealed record FoldScore
{
    /// <summary>Gets the fold's number, from 1.</summary>
    public required int Fold { get; init; }

    /// <summary>Gets the epoch whose weights the model has.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the mean Dice score of the ROIs that the fold's slices have, from 0 to 1.</summary>
    public required double Dice { get; init; }

    /// <summary>Gets the score of each ROI.</summary>
    public required IReadOnlyList<RoiScore> Rois { get; init; }

    /// <summary>Gets the number of slices that it learned from.</summary>
    public required int TrainingSlices { get; init; }

    /// <summary>Gets the number of slices that were held out.</summary>
    public required int ValidationSlices { get; init; }

    /// <summary>Gets the path of the model.</summary>
    public required string ModelPath { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Fold}: {Dice:0.000} after {Epoch} epochs, {ModelPath}");
}
