using MedSeg.Imaging;
using MedSeg.Metrics;
using MedSeg.Models;

namespace MedSeg.Evaluation;

/// <summary>Fits the temperature and the expected Dice to held-out slices.</summary>
internal static class CalibrationSearch
{
    /// <summary>Fits both to the masks after post-processing.</summary>
    /// <param name="slices">The slices with their masks after post-processing.</param>
    /// <param name="dice">The Dice score of each slice and ROI 1 to K, [slices][K].</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>The calibration; null if no pixel was given to an ROI.</returns>
    public static ConfidenceCalibration? Find(IReadOnlyList<(HeldOutSlice Slice, byte[] Mask)> slices, IReadOnlyList<double?[]> dice, int roiCount)
    {
        ScoredPixel[][] kept = [.. slices.Select(s => s.Slice.Pixels.Where(p => s.Mask[p.Index] == p.Pixel.Chosen).Select(p => p.Pixel).ToArray())];
        ScoredPixel[] all = [.. kept.SelectMany(pixels => pixels)];
        if (all.Length == 0)
        {
            return null;
        }

        // What does not bring the confidence closer to the truth is not worth a change.
        double before = CalibrationError.Compute(all, 1);
        double temperature = TemperatureFit.Find(all, ConfidenceCalibration.MinimumTemperature, ConfidenceCalibration.MaximumTemperature);
        double after = CalibrationError.Compute(all, temperature);
        if (!(after < before))
        {
            (temperature, after) = (1, before);
        }

        (double slope, double[] intercepts) = ExpectedDiceFit.Find([.. Masks()], roiCount);
        return new ConfidenceCalibration { Temperature = temperature, ErrorBefore = before, ErrorAfter = after, DiceSlope = slope, DiceIntercepts = intercepts };

        IEnumerable<(int Roi, double Confidence, double Dice)> Masks() =>
            from index in Enumerable.Range(0, kept.Length)
            from roi in kept[index].GroupBy(p => p.Chosen)
            let weight = roi.Sum(p => p.Weight)
            let confidence = roi.Sum(p => p.Weight * TemperatureScaling.Scale(p.Probabilities.Span, p.Chosen, temperature)) / weight
            select ((int)roi.Key, confidence, dice[index][roi.Key - 1] ?? 0);
    }
}
