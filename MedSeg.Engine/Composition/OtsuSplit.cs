namespace MedSeg.Composition;

/// <summary>The threshold with the largest variance between the classes below and above it (Otsu 1979), without a histogram.</summary>
internal static class OtsuSplit
{
    /// <summary>Finds the threshold.</summary>
    /// <param name="sorted">The intensities in ascending order, not all equal.</param>
    /// <returns>The middle between the neighbours that the best split separates.</returns>
    public static double Of(float[] sorted)
    {
        double total = sorted.Sum(value => (double)value);
        double below = 0;
        double best = -1;
        double threshold = sorted[0];
        for (int i = 1; i < sorted.Length; i++)
        {
            below += sorted[i - 1];
            if (sorted[i] == sorted[i - 1])
            {
                continue;
            }

            double difference = (below / i) - ((total - below) / (sorted.Length - i));
            double between = (double)i * (sorted.Length - i) * difference * difference;
            if (between > best)
            {
                best = between;
                threshold = ((double)sorted[i - 1] + sorted[i]) / 2;
            }
        }

        return threshold;
    }
}
