using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Labels;

/// <summary>Converts and counts label values from 0 to 255, which nearly all masks have, many pixels at once.</summary>
internal static class SmallLabels
{
    private const int Values = byte.MaxValue + 1;

    /// <summary>Converts a mask to bytes.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The bytes; <see langword="null"/> if a value is not a whole number from 0 to 255.</returns>
    public static byte[]? TryConvert(ReadOnlySpan<float> values)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(values.Length);
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        Span<Vector<byte>> into = MemoryMarshal.Cast<byte, Vector<byte>>(bytes.AsSpan());
        for (int i = 0; i < into.Length; i++)
        {
            ReadOnlySpan<Vector<float>> four = vectors.Slice(4 * i, 4);
            (Vector<int> first, Vector<int> second) = (Vector.ConvertToInt32(four[0]), Vector.ConvertToInt32(four[1]));
            (Vector<int> third, Vector<int> fourth) = (Vector.ConvertToInt32(four[2]), Vector.ConvertToInt32(four[3]));
            Vector<int> areWhole = AreWhole(first, four[0]) & AreWhole(second, four[1]) & AreWhole(third, four[2]) & AreWhole(fourth, four[3]);
            Vector<int> bits = first | second | third | fourth;
            if (areWhole != Vector<int>.AllBitsSet || (bits & new Vector<int>(~byte.MaxValue)) != Vector<int>.Zero)
            {
                return null;
            }

            into[i] = Vector.Narrow(
                Vector.AsVectorUInt16(Vector.Narrow(first, second)),
                Vector.AsVectorUInt16(Vector.Narrow(third, fourth)));
        }

        for (int i = into.Length * Vector<byte>.Count; i < values.Length; i++)
        {
            float value = values[i];
            if (!(value is >= 0 and <= byte.MaxValue) || value != (int)value)
            {
                return null;
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    /// <summary>Counts how often each value occurs.</summary>
    /// <param name="bytes">The values.</param>
    /// <returns>256 counts.</returns>
    public static long[] Count(ReadOnlySpan<byte> bytes)
    {
        long[] counts = new long[Values];
        ReadOnlySpan<Vector<byte>> vectors = MemoryMarshal.Cast<byte, Vector<byte>>(bytes);
        byte last = 0;
        foreach (Vector<byte> vector in vectors)
        {
            // Neighbours nearly always have the same value.
            if (Vector.EqualsAll(vector, new Vector<byte>(last)))
            {
                counts[last] += Vector<byte>.Count;
                continue;
            }

            for (int i = 0; i < Vector<byte>.Count; i++)
            {
                counts[vector[i]]++;
            }

            last = vector[Vector<byte>.Count - 1];
        }

        foreach (byte value in bytes[(vectors.Length * Vector<byte>.Count)..])
        {
            counts[value]++;
        }

        return counts;
    }

    /// <summary>Counts the values of a mask.</summary>
    /// <param name="bytes">The values.</param>
    /// <returns>The values that occur, in ascending order.</returns>
    public static IReadOnlyList<LabelValueCount> Histogram(ReadOnlySpan<byte> bytes)
    {
        long[] counts = Count(bytes);
        return [.. Enumerable.Range(0, Values).Where(value => counts[value] > 0).Select(value => new LabelValueCount(value, counts[value]))];
    }

    /// <summary>Replaces values by those of a map; others stay as they are.</summary>
    /// <param name="bytes">The values, which are overwritten.</param>
    /// <param name="map">The new value of each that is replaced.</param>
    public static void Replace(Span<byte> bytes, IReadOnlyDictionary<float, int> map)
    {
        byte[] table = [.. Enumerable.Range(0, Values).Select(value => (byte)map.GetValueOrDefault(value, value))];
        foreach (ref byte value in bytes)
        {
            value = table[value];
        }
    }

    // NaN is not.
    private static Vector<int> AreWhole(Vector<int> numbers, Vector<float> values) => Vector.Equals(Vector.ConvertToSingle(numbers), values);
}
