using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The inverse transforms from luminance and two differences to red, green and blue (T.800, annex G), in place.</summary>
internal static class ComponentTransform
{
    /// <summary>Undoes the reversible transform.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invert(Span<int> first, Span<int> second, Span<int> third)
    {
        Span<Vector<int>> firsts = MemoryMarshal.Cast<int, Vector<int>>(first);
        Span<Vector<int>> seconds = MemoryMarshal.Cast<int, Vector<int>>(second)[..firsts.Length];
        Span<Vector<int>> thirds = MemoryMarshal.Cast<int, Vector<int>>(third)[..firsts.Length];
        for (int i = 0; i < firsts.Length; i++)
        {
            Vector<int> green = firsts[i] - ((seconds[i] + thirds[i]) >> 2);
            firsts[i] = thirds[i] + green;
            thirds[i] = seconds[i] + green;
            seconds[i] = green;
        }

        for (int i = firsts.Length * Vector<int>.Count; i < first.Length; i++)
        {
            int green = first[i] - ((second[i] + third[i]) >> 2);
            first[i] = third[i] + green;
            third[i] = second[i] + green;
            second[i] = green;
        }
    }

    /// <summary>Undoes the irreversible transform.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invert(Span<float> first, Span<float> second, Span<float> third)
    {
        Span<Vector<float>> firsts = MemoryMarshal.Cast<float, Vector<float>>(first);
        Span<Vector<float>> seconds = MemoryMarshal.Cast<float, Vector<float>>(second)[..firsts.Length];
        Span<Vector<float>> thirds = MemoryMarshal.Cast<float, Vector<float>>(third)[..firsts.Length];
        for (int i = 0; i < firsts.Length; i++)
        {
            Vector<float> luminance = firsts[i];
            firsts[i] = luminance + (thirds[i] * 1.402f);
            Vector<float> blue = luminance + (seconds[i] * 1.772f);
            seconds[i] = luminance - (seconds[i] * 0.344136f) - (thirds[i] * 0.714136f);
            thirds[i] = blue;
        }

        for (int i = firsts.Length * Vector<float>.Count; i < first.Length; i++)
        {
            float luminance = first[i];
            first[i] = luminance + (1.402f * third[i]);
            float blue = luminance + (1.772f * second[i]);
            second[i] = luminance - (0.344136f * second[i]) - (0.714136f * third[i]);
            third[i] = blue;
        }
    }
}
