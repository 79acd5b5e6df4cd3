namespace MedSeg.Labels;

/// <summary>The grey levels k·s that represent the ROI numbers k = 0..K in a lossy mask.</summary>
/// <param name="Step">The distance s between levels, in grey levels; not necessarily an integer.</param>
/// <param name="RoiCount">The number of ROIs K.</param>
internal sealed record LabelLevels(double Step, int RoiCount)
{
    private const double GreatestTolerance = 10;
    private const double GreatestMeanDistance = 3;

    /// <summary>Gets the greatest distance from a level, in grey levels, at which a pixel still belongs to that level.</summary>
    public double Tolerance => Math.Min(Step / 4, GreatestTolerance);

    /// <summary>Finds the levels of a mask if they can be determined with certainty; see <see cref="LossyLabelRule"/>.</summary>
    /// <param name="values">The grey levels that occur.</param>
    /// <param name="roiCount">The number of ROIs K.</param>
    /// <returns>The levels, or <see langword="null"/>.</returns>
    public static LabelLevels? Find(IReadOnlyList<LabelValueCount> values, int roiCount)
    {
        double widest = 255.0 / roiCount;
        if (widest < LossyLabelRule.SmallestSafeStep)
        {
            return null;
        }

        LabelLevels? best = null;
        double bestMisfit = double.PositiveInfinity;
        Try(new LabelLevels(widest, roiCount), needsAll: false);
        Try(new LabelLevels(Math.Floor(widest), roiCount), needsAll: false);
        for (int step = LossyLabelRule.SmallestSafeStep; step < widest; step++)
        {
            Try(new LabelLevels(step, roiCount), needsAll: true);
        }

        return best;

        void Try(LabelLevels candidate, bool needsAll)
        {
            double misfit = candidate.Misfit(values, needsAll);
            if (misfit < bestMisfit)
            {
                (best, bestMisfit) = (candidate, misfit);
            }
        }
    }

    /// <summary>Returns the grey level of an ROI number.</summary>
    /// <param name="roi">The number.</param>
    /// <returns>The grey level, rounded to an integer.</returns>
    public int GreyOf(int roi) => (int)Math.Round(roi * Step, MidpointRounding.AwayFromZero);

    /// <summary>Returns the ROI number whose level is nearest.</summary>
    /// <param name="grey">The grey level.</param>
    /// <returns>The number, 0 to K.</returns>
    public int Nearest(float grey) => Math.Clamp((int)Math.Round(grey / Step, MidpointRounding.AwayFromZero), 0, RoiCount);

    /// <summary>Returns the distance to the nearest level.</summary>
    /// <param name="grey">The grey level.</param>
    /// <returns>The distance, in grey levels.</returns>
    public double Distance(float grey) => Math.Abs(grey - GreyOf(Nearest(grey)));

    // The sum of squared distances over all pixels; infinite if the levels do not fit.
    private double Misfit(IReadOnlyList<LabelValueCount> values, bool needsAll)
    {
        Span<double> sums = stackalloc double[RoiCount + 1];
        Span<long> pixels = stackalloc long[RoiCount + 1];
        sums.Clear();
        pixels.Clear();
        double misfit = 0;
        foreach (LabelValueCount value in values)
        {
            double distance = Distance(value.Value);
            if (distance > Tolerance)
            {
                return double.PositiveInfinity;
            }

            int roi = Nearest(value.Value);
            sums[roi] += value.Pixels * (double)value.Value;
            pixels[roi] += value.Pixels;
            misfit += value.Pixels * distance * distance;
        }

        // A mask with values near 0 only more likely holds plain ROI numbers than background.
        if (!pixels[1..].ContainsAnyExcept(0))
        {
            return double.PositiveInfinity;
        }

        for (int roi = 0; roi <= RoiCount; roi++)
        {
            bool absent = pixels[roi] == 0;
            if (absent ? needsAll : Math.Abs((sums[roi] / pixels[roi]) - GreyOf(roi)) > GreatestMeanDistance)
            {
                return double.PositiveInfinity;
            }
        }

        return misfit;
    }
}
