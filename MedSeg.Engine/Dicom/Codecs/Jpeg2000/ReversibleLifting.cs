using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The reversible 5/3 transform (T.800, F.3.8.2): exact in integers.</summary>
internal readonly struct ReversibleLifting : ILifting<int>
{
    /// <inheritdoc/>
    public static int StepCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dequantize(ReadOnlySpan<int> coefficients, Span<int> samples, float halfStep)
    {
        coefficients = coefficients[..samples.Length];
        ReadOnlySpan<Vector<int>> sources = MemoryMarshal.Cast<int, Vector<int>>(coefficients);
        Span<Vector<int>> targets = MemoryMarshal.Cast<int, Vector<int>>(samples)[..sources.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            Vector<int> sign = sources[i] >> CodeBlockCoefficients.SignBit;
            targets[i] = (((sources[i] & new Vector<int>(int.MaxValue)) >> 1) ^ sign) - sign;
        }

        for (int i = targets.Length * Vector<int>.Count; i < samples.Length; i++)
        {
            samples[i] = CodeBlockCoefficients.Value(coefficients[i]) / 2;
        }
    }

    /// <inheritdoc/>
    public static void Scale(Span<int> samples, bool isLow)
    {
    }

    /// <inheritdoc/>
    public static void Halve(Span<int> samples)
    {
        foreach (ref int sample in samples)
        {
            sample >>= 1;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Lift(int step, Span<int> target, ReadOnlySpan<int> before, ReadOnlySpan<int> after)
    {
        // Equal lengths that the compiler can see let it omit bounds checks.
        before = before[..target.Length];
        after = after[..target.Length];
        Span<Vector<int>> targets = MemoryMarshal.Cast<int, Vector<int>>(target);
        ReadOnlySpan<Vector<int>> befores = MemoryMarshal.Cast<int, Vector<int>>(before)[..targets.Length];
        ReadOnlySpan<Vector<int>> afters = MemoryMarshal.Cast<int, Vector<int>>(after)[..targets.Length];
        int done = targets.Length * Vector<int>.Count;
        if (step == 0)
        {
            var two = new Vector<int>(2);
            for (int i = 0; i < targets.Length; i++)
            {
                targets[i] -= (befores[i] + afters[i] + two) >> 2;
            }

            for (int i = done; i < target.Length; i++)
            {
                target[i] -= (before[i] + after[i] + 2) >> 2;
            }
        }
        else
        {
            for (int i = 0; i < targets.Length; i++)
            {
                targets[i] += (befores[i] + afters[i]) >> 1;
            }

            for (int i = done; i < target.Length; i++)
            {
                target[i] += (before[i] + after[i]) >> 1;
            }
        }
    }
}
