namespace MedSeg.Imaging;

/// <summary>Makes the intensities of a slice comparable with those of others.</summary>
public static class IntensityNormalizer
{
    /// <summary>Normalises pixels in place. A constant slice becomes all zeros.</summary>
    /// <param name="pixels">Finite intensities.</param>
    /// <param name="normalization">The rule.</param>
    public static void Apply(Span<float> pixels, Normalization normalization)
    {
        if (pixels.IsEmpty || normalization == Normalization.None)
        {
            return;
        }

        (double low, double scale) = normalization switch
        {
            Normalization.ZScore => MeanAndDeviation(pixels),
            Normalization.Percentile => Percentiles(pixels),
            _ => Range(pixels),
        };
        for (int i = 0; i < pixels.Length; i++)
        {
            double value = scale > 0 ? (pixels[i] - low) / scale : 0;
            pixels[i] = (float)(normalization == Normalization.Percentile ? Math.Clamp(value, 0, 1) : value);
        }
    }

    private static (double Low, double Scale) Range(ReadOnlySpan<float> pixels)
    {
        float low = pixels[0];
        float high = pixels[0];
        foreach (float pixel in pixels)
        {
            low = Math.Min(low, pixel);
            high = Math.Max(high, pixel);
        }

        return (low, (double)high - low);
    }

    private static (double Mean, double Deviation) MeanAndDeviation(ReadOnlySpan<float> pixels)
    {
        double sum = 0;
        double squares = 0;
        foreach (float pixel in pixels)
        {
            sum += pixel;
        }

        double mean = sum / pixels.Length;
        foreach (float pixel in pixels)
        {
            squares += (pixel - mean) * (pixel - mean);
        }

        return (mean, Math.Sqrt(squares / pixels.Length));
    }

    private static (double Low, double Scale) Percentiles(ReadOnlySpan<float> pixels)
    {
        float[] sorted = pixels.ToArray();
        Array.Sort(sorted);
        double low = sorted[(int)(0.005 * (sorted.Length - 1))];
        double high = sorted[(int)Math.Ceiling(0.995 * (sorted.Length - 1))];
        return high > low ? (low, high - low) : Range(pixels);
    }
}
