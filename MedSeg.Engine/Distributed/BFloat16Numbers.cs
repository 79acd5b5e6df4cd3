using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Distributed;

/// <summary>Numbers of the upper 16 bits of a float32: 1 sign, 8 exponent and 7 fraction bits.</summary>
internal static class BFloat16Numbers
{
    private const int Shift = 16;
    private const uint Kept = 0xFFFF0000;
    private const uint Half = 0x7FFF;
    private const uint Magnitude = 0x7FFFFFFF;
    private const uint Infinity = 0x7F800000;
    private const uint QuietNaN = 0x00400000;

    /// <summary>Rounds to the nearest bfloat16, ties to even; what is too large becomes infinite, and NaN stays NaN.</summary>
    /// <param name="values">The numbers, which are replaced.</param>
    public static void Round(Span<float> values)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        int i = 0;
        for (; i <= bits.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            Round(new Vector<uint>(bits[i..])).CopyTo(bits[i..]);
        }

        for (; i < bits.Length; i++)
        {
            bits[i] = Round(bits[i]);
        }
    }

    /// <summary>Takes the upper halves of numbers that are rounded.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="halves">Filled in, as many.</param>
    public static void Pack(ReadOnlySpan<float> values, Span<ushort> halves)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        int i = 0;
        for (; i <= bits.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            var first = new Vector<uint>(bits[i..]);
            var second = new Vector<uint>(bits[(i + Vector<uint>.Count)..]);
            Vector.Narrow(first >> Shift, second >> Shift).CopyTo(halves[i..]);
        }

        for (; i < bits.Length; i++)
        {
            halves[i] = (ushort)(bits[i] >> Shift);
        }
    }

    /// <summary>Makes numbers of their upper halves.</summary>
    /// <param name="halves">The upper halves.</param>
    /// <param name="values">Filled in, as many.</param>
    public static void Unpack(ReadOnlySpan<ushort> halves, Span<float> values)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(values);
        int i = 0;
        for (; i <= halves.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(halves[i..]), out Vector<uint> first, out Vector<uint> second);
            (first << Shift).CopyTo(bits[i..]);
            (second << Shift).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }

        for (; i < halves.Length; i++)
        {
            bits[i] = (uint)halves[i] << Shift;
        }
    }

    /// <summary>Rounds one number as the other overload does. The carry of the fraction goes into the exponent, up to infinity.</summary>
    /// <param name="bits">The bits of the number.</param>
    /// <returns>The bits of the rounded number, whose lower half is zero.</returns>
    internal static uint Round(uint bits) =>
        ((bits & Magnitude) > Infinity ? bits | QuietNaN : bits + Half + ((bits >> Shift) & 1)) & Kept;

    private static Vector<uint> Round(Vector<uint> bits)
    {
        Vector<uint> isNaN = Vector.GreaterThan(bits & new Vector<uint>(Magnitude), new Vector<uint>(Infinity));
        Vector<uint> rounded = bits + new Vector<uint>(Half) + ((bits >> Shift) & Vector<uint>.One);
        return Vector.ConditionalSelect(isNaN, bits | new Vector<uint>(QuietNaN), rounded) & new Vector<uint>(Kept);
    }
}
