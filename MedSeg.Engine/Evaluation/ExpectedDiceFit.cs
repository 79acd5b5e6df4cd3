namespace MedSeg.Evaluation;

/// <summary>
/// Fits the Dice score of an ROI to its confidence: straight lines with one slope for all ROIs and an intercept for each, by least squares.
/// </summary>
internal static class ExpectedDiceFit
{
    // With fewer masks a slope says nothing: the expected Dice is then the mean.
    private const int EnoughForSlope = 10;

    // An ROI with this many masks has an intercept half way between its own and that of all.
    private const double Shrinkage = 3;
    private const double NoSpread = 1e-9;

    /// <summary>Fits the lines.</summary>
    /// <param name="masks">ROI from 1, confidence and Dice score of masks that were found.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <returns>The slope, at least 0, and the intercepts of the ROIs 1 to K; 0 if there is no mask.</returns>
    public static (double Slope, double[] Intercepts) Find(IReadOnlyList<(int Roi, double Confidence, double Dice)> masks, int roiCount)
    {
        if (masks.Count == 0)
        {
            return (0, new double[roiCount]);
        }

        double spread = 0;
        double product = 0;
        foreach (IGrouping<int, (int Roi, double Confidence, double Dice)> roi in masks.GroupBy(m => m.Roi))
        {
            double confidence = roi.Average(m => m.Confidence);
            double dice = roi.Average(m => m.Dice);
            spread += roi.Sum(m => (m.Confidence - confidence) * (m.Confidence - confidence));
            product += roi.Sum(m => (m.Confidence - confidence) * (m.Dice - dice));
        }

        double slope = masks.Count < EnoughForSlope || spread < NoSpread ? 0 : Math.Max(0, product / spread);
        double common = masks.Average(m => m.Dice - (slope * m.Confidence));
        return (slope, [.. Enumerable.Range(1, roiCount).Select(roi => Intercept(roi))]);

        double Intercept(int roi)
        {
            double[] own = [.. masks.Where(m => m.Roi == roi).Select(m => m.Dice - (slope * m.Confidence))];
            return (own.Sum() + (Shrinkage * common)) / (own.Length + Shrinkage);
        }
    }
}
