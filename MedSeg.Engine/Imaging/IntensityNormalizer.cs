using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Imaging;

/// <summary>Scales the intensities of an image, each image on its own.</summary>
public static class IntensityNormalizer
{
    private const double LowFraction = 0.005;
    private const double HighFraction = 0.995;

    /// <summary>Scales an image in place.</summary>
    /// <param name="pixels">The pixels. A constant image becomes 0 throughout, except with <see cref="Normalization.None"/>.</param>
    /// <param name="n">
    /// How. Percentiles are interpolated linearly between ranks (numpy.percentile's default); where both are equal but
    /// the image is not constant, it is scaled from its least to its greatest value. The standard deviation is that of
    /// all pixels (divided by n).
    /// </param>
    /// <exception cref="ArgumentException">
    /// A pixel is NaN or infinite; the image is unchanged. Which value was meant cannot be known, so none is put in.
    /// </exception>
    public static void Apply(Span<float> pixels, Normalization n)
    {
        if (!IsFinite(pixels))
        {
            throw new ArgumentException("The image holds a pixel that is not a finite number.", nameof(pixels));
        }

        if (n is < Normalization.MinMax or > Normalization.None)
        {
            throw new ArgumentOutOfRangeException(nameof(n), n, "The normalisation is unknown.");
        }

        if (n == Normalization.None || pixels.IsEmpty)
        {
            return;
        }

        if (IsConstant(pixels))
        {
            pixels.Clear();
            return;
        }

        switch (n)
        {
            case Normalization.MinMax:
                ScaleToUnit(pixels, IntensityRange.Of(pixels));
                break;
            case Normalization.Percentile:
                ScaleToUnit(pixels, Percentiles(pixels));
                break;
            default:
                Standardize(pixels);
                break;
        }
    }

    /// <summary>Says whether all pixels have the same value.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <returns>Whether they do; an empty image is constant, one with NaN is not.</returns>
    public static bool IsConstant(ReadOnlySpan<float> pixels)
    {
        foreach (float value in pixels)
        {
            if (value != pixels[0])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Says whether no pixel is NaN or infinite.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <returns>Whether all are finite.</returns>
    internal static bool IsFinite(ReadOnlySpan<float> pixels)
    {
        // All bits of the exponent are set in what is not finite.
        var exponent = new Vector<int>(0x7F800000);
        ReadOnlySpan<Vector<int>> vectors = MemoryMarshal.Cast<float, Vector<int>>(pixels);
        foreach (Vector<int> vector in vectors)
        {
            if (Vector.EqualsAny(vector & exponent, exponent))
            {
                return false;
            }
        }

        foreach (float value in pixels[(vectors.Length * Vector<int>.Count)..])
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    // In double precision: the range of single-precision values may exceed what single precision holds.
    private static void ScaleToUnit(Span<float> pixels, (double Low, double High) range)
    {
        double width = range.High - range.Low;
        if (range.Low == Math.Floor(range.Low) && width == Math.Floor(width) && IntensityRange.AreSmallWhole(pixels))
        {
            ScaleWholeToUnit(pixels, (float)range.Low, (float)width);
            return;
        }

        var low = new Vector<double>(range.Low);
        var widths = new Vector<double>(width);
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(pixels);
        foreach (ref Vector<float> vector in vectors)
        {
            Vector.Widen(vector, out Vector<double> first, out Vector<double> second);
            first = Vector.Min(Vector.Max((first - low) / widths, Vector<double>.Zero), Vector<double>.One);
            second = Vector.Min(Vector.Max((second - low) / widths, Vector<double>.Zero), Vector<double>.One);
            vector = Vector.Narrow(first, second);
        }

        for (int i = vectors.Length * Vector<float>.Count; i < pixels.Length; i++)
        {
            pixels[i] = (float)Math.Clamp((pixels[i] - range.Low) / width, 0, 1);
        }
    }

    // Differences of small whole numbers are exact, and a quotient that is rounded once is the same as one that is
    // rounded to double precision first, which has more than twice the digits.
    private static void ScaleWholeToUnit(Span<float> pixels, float low, float width)
    {
        var lows = new Vector<float>(low);
        var widths = new Vector<float>(width);
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(pixels);
        foreach (ref Vector<float> vector in vectors)
        {
            vector = Vector.Min(Vector.Max((vector - lows) / widths, Vector<float>.Zero), Vector<float>.One);
        }

        for (int i = vectors.Length * Vector<float>.Count; i < pixels.Length; i++)
        {
            pixels[i] = Math.Clamp((pixels[i] - low) / width, 0, 1);
        }
    }

    private static (double Low, double High) Percentiles(ReadOnlySpan<float> pixels)
    {
        float[] sorted = pixels.ToArray();
        Array.Sort(sorted);
        double low = Statistics.PercentileOfSorted<float>(sorted, LowFraction);
        double high = Statistics.PercentileOfSorted<float>(sorted, HighFraction);
        return low < high ? (low, high) : (sorted[0], sorted[^1]);
    }

    private static void Standardize(Span<float> pixels)
    {
        double sum = 0;
        foreach (float value in pixels)
        {
            sum += value;
        }

        double mean = sum / pixels.Length;
        double squares = 0;
        foreach (float value in pixels)
        {
            squares += (value - mean) * (value - mean);
        }

        double deviation = Math.Sqrt(squares / pixels.Length);
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (float)((pixels[i] - mean) / deviation);
        }
    }
}
