namespace MedSeg.Training;

/// <summary>A score of one ROI.</summary>
/// <param name="Name">The ROI's name.</param>
/// <param name="Dice">
/// The mean Dice score over the slices where the ROI is in the truth or in the prediction, from 0 to 1; NaN where it is
/// in neither anywhere.
/// </param>
/// <param name="Slices">The number of slices that the mean is over.</param>
public sealed record RoiScore(string Name, double Dice, int Slices)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Name} {Dice:0.000}");
}
