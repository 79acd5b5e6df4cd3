using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Volumes;

/// <summary>Converts stored numbers to single precision with SIMD instructions, with the same results as one by one.</summary>
internal static class VoxelConversion
{
    /// <summary>Reverses the bytes of numbers.</summary>
    /// <typeparam name="TStored">The type of the numbers.</typeparam>
    /// <param name="stored">The numbers.</param>
    /// <param name="size">The size of a number, in bytes.</param>
    /// <param name="swapped">Receives as many numbers.</param>
    public static void Swap<TStored>(ReadOnlySpan<TStored> stored, int size, Span<TStored> swapped)
        where TStored : unmanaged
    {
        switch (size)
        {
            case 2:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<TStored, ushort>(stored), MemoryMarshal.Cast<TStored, ushort>(swapped));
                break;
            case 4:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<TStored, uint>(stored), MemoryMarshal.Cast<TStored, uint>(swapped));
                break;
            case 8:
                BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<TStored, ulong>(stored), MemoryMarshal.Cast<TStored, ulong>(swapped));
                break;
            default:
                stored.CopyTo(swapped);
                break;
        }
    }

    /// <summary>Converts numbers that are exact in single precision; what is left of a vector is not converted.</summary>
    /// <typeparam name="TStored">The type of the numbers.</typeparam>
    /// <param name="stored">The numbers.</param>
    /// <param name="values">Receives as many values.</param>
    /// <returns>How many were converted.</returns>
    public delegate int Widening<TStored>(ReadOnlySpan<TStored> stored, Span<float> values)
        where TStored : unmanaged;

    /// <summary>Converts and scales numbers in double precision, and rounds once.</summary>
    /// <typeparam name="TStored">The type of the numbers.</typeparam>
    /// <param name="stored">The numbers.</param>
    /// <param name="slope">What they are multiplied by.</param>
    /// <param name="intercept">What is then added.</param>
    /// <param name="widen">Converts numbers of this type; null if not all are exact in single precision.</param>
    /// <param name="values">Receives as many values.</param>
    public static void ToSingle<TStored>(ReadOnlySpan<TStored> stored, double slope, double intercept, Widening<TStored>? widen, Span<float> values)
        where TStored : unmanaged, INumber<TStored>
    {
        if (widen is null)
        {
            for (int i = 0; i < stored.Length; i++)
            {
                values[i] = (float)((double.CreateTruncating(stored[i]) * slope) + intercept);
            }

            return;
        }

        for (int i = widen(stored, values); i < stored.Length; i++)
        {
            values[i] = float.CreateTruncating(stored[i]);
        }

        Scale(values[..stored.Length], slope, intercept);
    }

    /// <inheritdoc cref="Widening{TStored}"/>
    public static int Widen(ReadOnlySpan<float> stored, Span<float> values)
    {
        stored.CopyTo(values);
        return stored.Length;
    }

    /// <inheritdoc cref="Widening{TStored}"/>
    public static int Widen(ReadOnlySpan<byte> stored, Span<float> values)
    {
        Span<Vector<float>> into = MemoryMarshal.Cast<float, Vector<float>>(values);
        ReadOnlySpan<Vector<byte>> vectors = MemoryMarshal.Cast<byte, Vector<byte>>(stored);
        for (int i = 0; i < vectors.Length; i++)
        {
            Vector.Widen(vectors[i], out Vector<ushort> low, out Vector<ushort> high);
            WidenInto(Vector.AsVectorInt16(low), into.Slice(4 * i, 2));
            WidenInto(Vector.AsVectorInt16(high), into.Slice((4 * i) + 2, 2));
        }

        return vectors.Length * Vector<byte>.Count;
    }

    /// <inheritdoc cref="Widening{TStored}"/>
    public static int Widen(ReadOnlySpan<sbyte> stored, Span<float> values)
    {
        Span<Vector<float>> into = MemoryMarshal.Cast<float, Vector<float>>(values);
        ReadOnlySpan<Vector<sbyte>> vectors = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(stored);
        for (int i = 0; i < vectors.Length; i++)
        {
            Vector.Widen(vectors[i], out Vector<short> low, out Vector<short> high);
            WidenInto(low, into.Slice(4 * i, 2));
            WidenInto(high, into.Slice((4 * i) + 2, 2));
        }

        return vectors.Length * Vector<sbyte>.Count;
    }

    /// <inheritdoc cref="Widening{TStored}"/>
    public static int Widen(ReadOnlySpan<short> stored, Span<float> values)
    {
        Span<Vector<float>> into = MemoryMarshal.Cast<float, Vector<float>>(values);
        ReadOnlySpan<Vector<short>> vectors = MemoryMarshal.Cast<short, Vector<short>>(stored);
        for (int i = 0; i < vectors.Length; i++)
        {
            WidenInto(vectors[i], into.Slice(2 * i, 2));
        }

        return vectors.Length * Vector<short>.Count;
    }

    /// <inheritdoc cref="Widening{TStored}"/>
    public static int Widen(ReadOnlySpan<ushort> stored, Span<float> values)
    {
        Span<Vector<float>> into = MemoryMarshal.Cast<float, Vector<float>>(values);
        ReadOnlySpan<Vector<ushort>> vectors = MemoryMarshal.Cast<ushort, Vector<ushort>>(stored);
        for (int i = 0; i < vectors.Length; i++)
        {
            Vector.Widen(vectors[i], out Vector<uint> first, out Vector<uint> second);
            into[2 * i] = Vector.ConvertToSingle(Vector.AsVectorInt32(first));
            into[(2 * i) + 1] = Vector.ConvertToSingle(Vector.AsVectorInt32(second));
        }

        return vectors.Length * Vector<ushort>.Count;
    }

    private static void WidenInto(Vector<short> numbers, Span<Vector<float>> into)
    {
        Vector.Widen(numbers, out Vector<int> first, out Vector<int> second);
        into[0] = Vector.ConvertToSingle(first);
        into[1] = Vector.ConvertToSingle(second);
    }

    private static void Scale(Span<float> values, double slope, double intercept)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        bool isScaled = slope != 1 || intercept != 0;
        var factor = new Vector<double>(slope);
        var offset = new Vector<double>(intercept);
        foreach (ref Vector<float> vector in vectors)
        {
            if (isScaled)
            {
                Vector.Widen(vector, out Vector<double> first, out Vector<double> second);
                vector = Vector.Narrow((first * factor) + offset, (second * factor) + offset);
            }
            else
            {
                // Negative zero becomes zero, as it does when 0 is added.
                vector += Vector<float>.Zero;
            }
        }

        foreach (ref float value in values[(vectors.Length * Vector<float>.Count)..])
        {
            value = (float)((value * slope) + intercept);
        }
    }
}
