using System.Globalization;
using MedSeg.Imaging;

namespace MedSeg.Training;

/// <summary>The Dice score of an ROI over the folds of a cross-validation.</summary>
/// <param name="Name">The ROI's name.</param>
/// <param name="Dice">The mean over the folds whose slices have the ROI, from 0 to 1; NaN where none does.</param>
/// <param name="Deviation">The standard deviation over these folds (divided by n − 1); null where there are fewer than two.</param>
/// <param name="Folds">The number of these folds.</param>
public sealed record FoldSummary(string Name, double Dice, double? Deviation, int Folds)
{
    /// <inheritdoc/>
    public override string ToString() => Deviation is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Name} {Dice:0.000}")
        : string.Create(CultureInfo.InvariantCulture, $"{Name} {Dice:0.000} ± {Deviation:0.000}");

    /// <summary>Summarises one score per fold.</summary>
    /// <param name="name">The ROI's name.</param>
    /// <param name="scores">The scores; NaN is left out.</param>
    internal static FoldSummary Of(string name, IEnumerable<double> scores)
    {
        double[] known = [.. scores.Where(s => !double.IsNaN(s))];
        double mean = known.Length > 0 ? known.Average() : double.NaN;
        double? deviation = known.Length > 1 ? Statistics.StandardDeviation(known) : null;
        return new FoldSummary(name, mean, deviation, known.Length);
    }
}
