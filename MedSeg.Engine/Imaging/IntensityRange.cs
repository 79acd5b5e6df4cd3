using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Imaging;

/// <summary>Finds the least and the greatest value of an image with SIMD instructions.</summary>
internal static class IntensityRange
{
    /// <summary>Finds the range.</summary>
    /// <param name="pixels">The pixels; not empty, all finite.</param>
    /// <returns>The least and the greatest value.</returns>
    public static (float Least, float Greatest) Of(ReadOnlySpan<float> pixels)
    {
        var low = new Vector<float>(pixels[0]);
        (Vector<float> high, Vector<float> otherLow, Vector<float> otherHigh) = (low, low, low);
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(pixels);

        // Two chains of comparisons, since each waits for the one before.
        int i = 0;
        for (; i < vectors.Length - 1; i += 2)
        {
            low = Vector.Min(low, vectors[i]);
            high = Vector.Max(high, vectors[i]);
            otherLow = Vector.Min(otherLow, vectors[i + 1]);
            otherHigh = Vector.Max(otherHigh, vectors[i + 1]);
        }

        for (; i < vectors.Length; i++)
        {
            low = Vector.Min(low, vectors[i]);
            high = Vector.Max(high, vectors[i]);
        }

        low = Vector.Min(low, otherLow);
        high = Vector.Max(high, otherHigh);
        float least = low[0];
        float greatest = high[0];
        for (int lane = 1; lane < Vector<float>.Count; lane++)
        {
            least = Math.Min(least, low[lane]);
            greatest = Math.Max(greatest, high[lane]);
        }

        foreach (float value in pixels[(vectors.Length * Vector<float>.Count)..])
        {
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }

        return (least, greatest);
    }

    /// <summary>Checks whether all values are integers whose differences are exact in single precision.</summary>
    /// <param name="pixels">The pixels; all finite.</param>
    /// <returns><see langword="true"/> if all are integers from −2²² to 2²².</returns>
    public static bool AreSmallWhole(ReadOnlySpan<float> pixels)
    {
        const float Most = 1 << 22;
        var most = new Vector<float>(Most);
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(pixels);
        foreach (Vector<float> vector in vectors)
        {
            if (!Vector.EqualsAll(Vector.Floor(vector), vector) || Vector.GreaterThanAny(Vector.Abs(vector), most))
            {
                return false;
            }
        }

        foreach (float value in pixels[(vectors.Length * Vector<float>.Count)..])
        {
            if (MathF.Floor(value) != value || MathF.Abs(value) > Most)
            {
                return false;
            }
        }

        return true;
    }
}
