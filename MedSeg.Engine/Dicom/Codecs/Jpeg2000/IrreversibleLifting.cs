using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The irreversible 9/7 transform (T.800, F.3.8.1 and table F.4).</summary>
internal readonly struct IrreversibleLifting : ILifting<float>
{
    private const float LowScale = 1.230174104914001f;

    /// <inheritdoc/>
    public static int StepCount => 4;

    private static ReadOnlySpan<float> Factors => [0.443506852043971f, 0.882911075530934f, -0.052980118572961f, -1.586134342059924f];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dequantize(ReadOnlySpan<int> coefficients, Span<float> samples, float halfStep)
    {
        coefficients = coefficients[..samples.Length];
        ReadOnlySpan<Vector<int>> sources = MemoryMarshal.Cast<int, Vector<int>>(coefficients);
        Span<Vector<float>> targets = MemoryMarshal.Cast<float, Vector<float>>(samples)[..sources.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            Vector<int> sign = sources[i] >> CodeBlockCoefficients.SignBit;
            targets[i] = Vector.ConvertToSingle(((sources[i] & new Vector<int>(int.MaxValue)) ^ sign) - sign) * halfStep;
        }

        for (int i = targets.Length * Vector<int>.Count; i < samples.Length; i++)
        {
            samples[i] = CodeBlockCoefficients.Value(coefficients[i]) * halfStep;
        }
    }

    /// <inheritdoc/>
    public static void Scale(Span<float> samples, bool isLow) => Multiply(samples, isLow ? LowScale : 1 / LowScale);

    /// <inheritdoc/>
    public static void Halve(Span<float> samples) => Multiply(samples, 0.5f);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Lift(int step, Span<float> target, ReadOnlySpan<float> before, ReadOnlySpan<float> after)
    {
        float factor = Factors[step];
        before = before[..target.Length];
        after = after[..target.Length];
        Span<Vector<float>> targets = MemoryMarshal.Cast<float, Vector<float>>(target);
        ReadOnlySpan<Vector<float>> befores = MemoryMarshal.Cast<float, Vector<float>>(before)[..targets.Length];
        ReadOnlySpan<Vector<float>> afters = MemoryMarshal.Cast<float, Vector<float>>(after)[..targets.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            targets[i] -= (befores[i] + afters[i]) * factor;
        }

        for (int i = targets.Length * Vector<float>.Count; i < target.Length; i++)
        {
            target[i] -= (before[i] + after[i]) * factor;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(Span<float> samples, float factor)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(samples);
        foreach (ref Vector<float> vector in vectors)
        {
            vector *= factor;
        }

        foreach (ref float sample in samples[(vectors.Length * Vector<float>.Count)..])
        {
            sample *= factor;
        }
    }
}
