using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Imaging;

/// <summary>The mean and the standard deviation of an image's values.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The population standard deviation (divided by n).</param>
internal readonly record struct IntensitySpread(double Mean, double Deviation)
{
    /// <summary>Computes mean and standard deviation of an image in one pass.</summary>
    /// <param name="pixels">The pixels; not empty, all finite.</param>
    /// <returns>The mean and the standard deviation.</returns>
    public static IntensitySpread Of(ReadOnlySpan<float> pixels)
    {
        // Subtracting a value of the image first avoids cancellation when the values are large and close together.
        double origin = pixels[0];
        Vector<double> sums = Vector<double>.Zero;
        Vector<double> squares = Vector<double>.Zero;
        var origins = new Vector<double>(origin);
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(pixels);
        foreach (Vector<float> vector in vectors)
        {
            Vector.Widen(vector, out Vector<double> first, out Vector<double> second);
            first -= origins;
            second -= origins;
            sums += first + second;
            squares += (first * first) + (second * second);
        }

        double sum = Vector.Sum(sums);
        double square = Vector.Sum(squares);
        foreach (float value in pixels[(vectors.Length * Vector<float>.Count)..])
        {
            sum += value - origin;
            square += (value - origin) * (value - origin);
        }

        double mean = sum / pixels.Length;
        return new IntensitySpread(origin + mean, Math.Sqrt(Math.Max(0, (square / pixels.Length) - (mean * mean))));
    }
}
