using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Imaging;

/// <summary>Normalizes the intensities of an image, independently of all other images.</summary>
internal static class IntensityNormalizer
{
    private const double LowFraction = 0.005;
    private const double HighFraction = 0.995;

    /// <summary>Normalizes an image in place.</summary>
    /// <param name="pixels">The pixels. All pixels of a constant image become 0, except with <see cref="Normalization.None"/>.</param>
    /// <param name="n">
    /// The method. Percentiles are interpolated linearly between ranks (numpy.percentile's default); if both are equal
    /// but the image is not constant, its least and greatest value are used instead. The standard deviation is the
    /// population's (divided by n).
    /// </param>
    /// <exception cref="ArgumentException">
    /// A pixel is NaN or infinite; the image is unchanged. Such pixels are not replaced, because their true value is unknown.
    /// </exception>
    public static void Apply(Span<float> pixels, Normalization n)
    {
        if (!IsFinite(pixels))
        {
            throw new ArgumentException("The image has a pixel that is NaN or infinite.", nameof(pixels));
        }

        if (n is < Normalization.MinMax or > Normalization.None)
        {
            throw new ArgumentOutOfRangeException(nameof(n), n, "The normalization is unknown.");
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

    /// <summary>Checks whether all pixels have the same value.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <returns><see langword="true"/> if they do. An empty image is constant; one with NaN is not.</returns>
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

    /// <summary>Checks that no pixel is NaN or infinite.</summary>
    /// <param name="pixels">The pixels.</param>
    /// <returns><see langword="true"/> if all are finite.</returns>
    internal static bool IsFinite(ReadOnlySpan<float> pixels)
    {
        // NaN and infinity have all exponent bits set.
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

    // In double precision: the range of single-precision values can exceed the greatest of them.
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

    // Differences of small integers are exact, and rounding the quotient once gives the same result as rounding it to
    // double precision first, which has more than twice the digits.
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
