namespace MedSeg.Inspection;

/// <summary>Separates the brighter part of an image from the darker one (Otsu 1979), with a histogram of 64 bins.</summary>
internal readonly struct OtsuThreshold
{
    private const int Bins = 64;

    private readonly float _low;
    private readonly double _scale;
    private readonly int _bin;

    private OtsuThreshold(float low, double scale, int bin) => (_low, _scale, _bin) = (low, scale, bin);

    /// <summary>Computes the threshold that maximises the variance between the two parts.</summary>
    /// <param name="image">The intensities, all finite.</param>
    public static OtsuThreshold Of(ReadOnlySpan<float> image)
    {
        (float low, float high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float value in image)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        if (high <= low)
        {
            return default;
        }

        double scale = Bins / ((double)high - low);
        Span<int> histogram = stackalloc int[Bins];
        histogram.Clear();
        foreach (float value in image)
        {
            histogram[BinOf(value, low, scale)]++;
        }

        return new OtsuThreshold(low, scale, FirstForegroundBin(histogram, image.Length));
    }

    /// <summary>Returns whether an intensity belongs to the brighter part; true for all if the image is constant.</summary>
    /// <param name="value">An intensity of the image.</param>
    public bool IsForeground(float value) => BinOf(value, _low, _scale) >= _bin;

    private static int BinOf(float value, float low, double scale) => Math.Min(Bins - 1, (int)((value - low) * scale));

    private static int FirstForegroundBin(ReadOnlySpan<int> histogram, int total)
    {
        double sum = 0;
        for (int bin = 0; bin < histogram.Length; bin++)
        {
            sum += (double)bin * histogram[bin];
        }

        double below = 0;
        double sumBelow = 0;
        double best = -1;
        int threshold = 0;
        for (int bin = 0; bin < histogram.Length - 1; bin++)
        {
            below += histogram[bin];
            sumBelow += (double)bin * histogram[bin];
            double above = total - below;
            if (below > 0 && above > 0)
            {
                double difference = (sumBelow / below) - ((sum - sumBelow) / above);
                double between = below * above * difference * difference;
                if (between > best)
                {
                    best = between;
                    threshold = bin + 1;
                }
            }
        }

        return threshold;
    }
}
