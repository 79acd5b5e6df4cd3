using System.Globalization;
using MedSeg.Wording;

namespace MedSeg.Training;

/// <summary>The score of one fold's model on the patients held out.</summary>
public sealed record FoldScore
{
    /// <summary>Gets the fold's number, from 1.</summary>
    public required int Fold { get; init; }

    /// <summary>Gets the epoch whose weights the model has.</summary>
    public required int Epoch { get; init; }

    /// <summary>Gets the mean Dice score over the ROIs that occur in the fold's slices, from 0 to 1.</summary>
    public required double Dice { get; init; }

    /// <summary>Gets the score of each ROI.</summary>
    public required IReadOnlyList<RoiScore> Rois { get; init => field = ItemList<RoiScore>.Of(value); }

    /// <summary>Gets the number of slices that the model was trained on.</summary>
    public required int TrainingSlices { get; init; }

    /// <summary>Gets the number of slices that were held out.</summary>
    public required int ValidationSlices { get; init; }

    /// <summary>Gets the names of the slices that were held out.</summary>
    public required IReadOnlyList<string> HeldOut { get; init => field = ItemList<string>.Of(value); }

    /// <summary>Gets the path of the model.</summary>
    public required string ModelPath { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Fold}: {Dice:0.000} after {Epoch} epochs, {ModelPath}");
}
