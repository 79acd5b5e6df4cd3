namespace MedSeg.Models;

/// <summary>What the confidence of a model means, as measured on slices that it was not trained on.</summary>
public sealed record ConfidenceCalibration
{
    /// <summary>The smallest temperature.</summary>
    public const double MinimumTemperature = 0.05;

    /// <summary>The largest temperature.</summary>
    public const double MaximumTemperature = 20;

    /// <summary>
    /// Gets the temperature T, 0.05 to 20: a probability p becomes p^(1/T), divided by the sum over all ROIs and the background (Guo et
    /// al. 2017). Above 1 the network was too sure. It changes the confidence, never the mask.
    /// </summary>
    public required double Temperature { get; init; }

    /// <summary>Gets the expected calibration error without the temperature, 0 to 1: the mean difference between confidence and precision.</summary>
    public required double ErrorBefore { get; init; }

    /// <summary>Gets the expected calibration error with the temperature, on the same pixels.</summary>
    public required double ErrorAfter { get; init; }

    /// <summary>Gets how much the expected Dice rises with the confidence; 0 or more.</summary>
    public required double DiceSlope { get; init; }

    /// <summary>Gets the expected Dice at confidence 0 for each ROI: with the slope, a straight line.</summary>
    public required IReadOnlyList<double> DiceIntercepts { get; init; }

    /// <summary>Estimates the Dice score of an ROI.</summary>
    /// <param name="roi">The ROI's number, from 1.</param>
    /// <param name="confidence">Its confidence in the slice, 0 to 1; null if it was not found.</param>
    /// <returns>The expected Dice, 0 to 1; null if the ROI was not found.</returns>
    public double? ExpectedDice(int roi, double? confidence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(roi, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(roi, DiceIntercepts.Count);
        return confidence is { } value ? Math.Clamp(DiceIntercepts[roi - 1] + (DiceSlope * value), 0, 1) : null;
    }

    /// <summary>
    /// Joins the calibrations of models that segment together: the geometric mean of the temperatures, and the mean of the others.
    /// </summary>
    /// <param name="members">The calibrations, at least one, of the same ROIs.</param>
    internal static ConfidenceCalibration Join(IReadOnlyList<ConfidenceCalibration> members) => members.Count == 1 ? members[0] : new()
    {
        Temperature = Math.Exp(members.Average(m => Math.Log(m.Temperature))),
        ErrorBefore = members.Average(m => m.ErrorBefore),
        ErrorAfter = members.Average(m => m.ErrorAfter),
        DiceSlope = members.Average(m => m.DiceSlope),
        DiceIntercepts = [.. Enumerable.Range(0, members[0].DiceIntercepts.Count).Select(roi => members.Average(m => m.DiceIntercepts[roi]))],
    };
}
