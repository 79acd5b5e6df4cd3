using MedSeg.Imaging;

namespace MedSeg.Metrics;

/// <summary>
/// The expected calibration error (Naeini et al. 2015): pixels are sorted by confidence into ten bins of equal width, and the differences
/// between the mean confidence and the fraction of right pixels in each bin are averaged, weighted by the pixels of the bin.
/// </summary>
internal static class CalibrationError
{
    /// <summary>The number of bins.</summary>
    public const int Bins = 10;

    /// <summary>Computes the error of confidences.</summary>
    /// <param name="pixels">The confidence, 0 to 1, whether the pixel is right, and the number of pixels that it stands for.</param>
    /// <returns>The error, 0 to 1; NaN if there is no pixel.</returns>
    public static double Compute(IEnumerable<(double Confidence, bool IsRight, double Weight)> pixels)
    {
        double[] confidence = new double[Bins];
        double[] right = new double[Bins];
        double all = 0;
        foreach ((double value, bool isRight, double weight) in pixels)
        {
            int bin = Math.Clamp((int)(value * Bins), 0, Bins - 1);
            confidence[bin] += weight * value;
            right[bin] += isRight ? weight : 0;
            all += weight;
        }

        return confidence.Zip(right, (c, r) => Math.Abs(c - r)).Sum() / all;
    }

    /// <summary>Computes the error of a model's confidence at a temperature.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <param name="temperature">The temperature; 1 changes nothing.</param>
    public static double Compute(IEnumerable<ScoredPixel> pixels, double temperature) =>
        Compute(pixels.Select(p => (TemperatureScaling.Scale(p.Probabilities.Span, p.Chosen, temperature), p.Chosen == p.Truth, p.Weight)));
}
