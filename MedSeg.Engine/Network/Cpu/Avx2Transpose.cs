using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>Transposes small matrices.</summary>
internal static unsafe class Avx2Transpose
{
    private const int Side = 16;

    /// <summary>Transposes a matrix of 16 × 16 values.</summary>
    /// <param name="from">The first row.</param>
    /// <param name="row">The distance between rows, in values.</param>
    /// <param name="to">Receives the transposed matrix, dense.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose16x16(float* from, nint row, float* to)
    {
        for (int i = 0; i < Side; i += 8)
        {
            Transpose8x8(from + (i * row), row, to + i);
            Transpose8x8(from + (i * row) + 8, row, to + (8 * Side) + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8x8(float* from, nint row, float* to)
    {
        Quarter(from, row, out Vector256<float> a0, out Vector256<float> a1, out Vector256<float> a2, out Vector256<float> a3);
        Quarter(from + (4 * row), row, out Vector256<float> b0, out Vector256<float> b1, out Vector256<float> b2, out Vector256<float> b3);
        Avx.Permute2x128(a0, b0, 0x20).Store(to);
        Avx.Permute2x128(a1, b1, 0x20).Store(to + Side);
        Avx.Permute2x128(a2, b2, 0x20).Store(to + (2 * Side));
        Avx.Permute2x128(a3, b3, 0x20).Store(to + (3 * Side));
        Avx.Permute2x128(a0, b0, 0x31).Store(to + (4 * Side));
        Avx.Permute2x128(a1, b1, 0x31).Store(to + (5 * Side));
        Avx.Permute2x128(a2, b2, 0x31).Store(to + (6 * Side));
        Avx.Permute2x128(a3, b3, 0x31).Store(to + (7 * Side));
    }

    // Four rows of eight: each result has a column of the left half and one of the right half.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(float* from, nint row, out Vector256<float> c0, out Vector256<float> c1, out Vector256<float> c2, out Vector256<float> c3)
    {
        Vector256<float> r0 = Vector256.Load(from), r1 = Vector256.Load(from + row), r2 = Vector256.Load(from + (2 * row)), r3 = Vector256.Load(from + (3 * row));
        Vector256<float> low = Avx.UnpackLow(r0, r1), high = Avx.UnpackHigh(r0, r1), low2 = Avx.UnpackLow(r2, r3), high2 = Avx.UnpackHigh(r2, r3);
        c0 = Avx.Shuffle(low, low2, 0x44);
        c1 = Avx.Shuffle(low, low2, 0xEE);
        c2 = Avx.Shuffle(high, high2, 0x44);
        c3 = Avx.Shuffle(high, high2, 0xEE);
    }
}
