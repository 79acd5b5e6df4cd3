using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The inner loops of weight gradients for CPUs with AVX-512, with twice as many values at once. The order of every sum is that of
/// <see cref="Avx2GradientTile"/>, so the results are bit-identical.
/// </summary>
internal static unsafe class Avx512GradientTile
{
    private const int Lanes = 16;

    /// <summary>Computes what <see cref="Avx2GradientTile.Add6x16"/> does, for two groups of sixteen channels of the second image.</summary>
    /// <param name="a">The first image; neighbouring pixels and rows are <c>Step</c> and <c>Row</c> values apart.</param>
    /// <param name="b">The second image.</param>
    /// <param name="next">The distance from the first group of channels to the second, in values.</param>
    /// <param name="rows">The number of rows of the rectangle.</param>
    /// <param name="columns">The number of its columns.</param>
    /// <param name="sums">The sums to add to, [6, 16].</param>
    /// <param name="nextSums">Those of the second group.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add6x32(in PixelWalk a, in PixelWalk b, nint next, int rows, int columns, float* sums, float* nextSums)
    {
        (nint stepA, nint stepB) = (a.Step, b.Step);
        (Vector512<float> s00, Vector512<float> s01) = (Row(sums, 0), Row(nextSums, 0));
        (Vector512<float> s10, Vector512<float> s11) = (Row(sums, 1), Row(nextSums, 1));
        (Vector512<float> s20, Vector512<float> s21) = (Row(sums, 2), Row(nextSums, 2));
        (Vector512<float> s30, Vector512<float> s31) = (Row(sums, 3), Row(nextSums, 3));
        (Vector512<float> s40, Vector512<float> s41) = (Row(sums, 4), Row(nextSums, 4));
        (Vector512<float> s50, Vector512<float> s51) = (Row(sums, 5), Row(nextSums, 5));
        for (int row = 0; row < rows; row++)
        {
            float* left = a.Start + (row * a.Row);
            float* right = b.Start + (row * b.Row);
            for (int column = 0; column < columns; column++, left += stepA, right += stepB)
            {
                var b0 = Vector512.Load(right);
                var b1 = Vector512.Load(right + next);
                var x0 = Vector512.Create(left[0]);
                (s00, s01) = (Avx512F.FusedMultiplyAdd(x0, b0, s00), Avx512F.FusedMultiplyAdd(x0, b1, s01));
                var x1 = Vector512.Create(left[1]);
                (s10, s11) = (Avx512F.FusedMultiplyAdd(x1, b0, s10), Avx512F.FusedMultiplyAdd(x1, b1, s11));
                var x2 = Vector512.Create(left[2]);
                (s20, s21) = (Avx512F.FusedMultiplyAdd(x2, b0, s20), Avx512F.FusedMultiplyAdd(x2, b1, s21));
                var x3 = Vector512.Create(left[3]);
                (s30, s31) = (Avx512F.FusedMultiplyAdd(x3, b0, s30), Avx512F.FusedMultiplyAdd(x3, b1, s31));
                var x4 = Vector512.Create(left[4]);
                (s40, s41) = (Avx512F.FusedMultiplyAdd(x4, b0, s40), Avx512F.FusedMultiplyAdd(x4, b1, s41));
                var x5 = Vector512.Create(left[5]);
                (s50, s51) = (Avx512F.FusedMultiplyAdd(x5, b0, s50), Avx512F.FusedMultiplyAdd(x5, b1, s51));
            }
        }

        Store6(sums, s00, s10, s20, s30, s40, s50);
        Store6(nextSums, s01, s11, s21, s31, s41, s51);
    }

    /// <summary>Computes what <see cref="Avx2GradientTile.Add6x16"/> does.</summary>
    /// <param name="a">The first image; neighbouring pixels and rows are <c>Step</c> and <c>Row</c> values apart.</param>
    /// <param name="b">The second image.</param>
    /// <param name="rows">The number of rows of the rectangle.</param>
    /// <param name="columns">The number of its columns.</param>
    /// <param name="sums">The sums to add to, [6, 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add6x16(in PixelWalk a, in PixelWalk b, int rows, int columns, float* sums)
    {
        (nint stepA, nint stepB) = (a.Step, b.Step);
        (Vector512<float> s0, Vector512<float> s1, Vector512<float> s2) = (Row(sums, 0), Row(sums, 1), Row(sums, 2));
        (Vector512<float> s3, Vector512<float> s4, Vector512<float> s5) = (Row(sums, 3), Row(sums, 4), Row(sums, 5));
        for (int row = 0; row < rows; row++)
        {
            float* left = a.Start + (row * a.Row);
            float* right = b.Start + (row * b.Row);
            for (int column = 0; column < columns; column++, left += stepA, right += stepB)
            {
                var x = Vector512.Load(right);
                s0 = Avx512F.FusedMultiplyAdd(Vector512.Create(left[0]), x, s0);
                s1 = Avx512F.FusedMultiplyAdd(Vector512.Create(left[1]), x, s1);
                s2 = Avx512F.FusedMultiplyAdd(Vector512.Create(left[2]), x, s2);
                s3 = Avx512F.FusedMultiplyAdd(Vector512.Create(left[3]), x, s3);
                s4 = Avx512F.FusedMultiplyAdd(Vector512.Create(left[4]), x, s4);
                s5 = Avx512F.FusedMultiplyAdd(Vector512.Create(left[5]), x, s5);
            }
        }

        Store6(sums, s0, s1, s2, s3, s4, s5);
    }

    /// <summary>Adds the sum over tiles of a[tile, 16] · b[tile, 16] to sums[16, 16].</summary>
    /// <param name="a">The transformed tiles of the result's gradient, [tiles, 16].</param>
    /// <param name="b">The transformed tiles of the input, [tiles, 16].</param>
    /// <param name="tiles">The number of tiles.</param>
    /// <param name="sums">The sums to add to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add16x16(float* a, float* b, int tiles, float* sums)
    {
        (Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3) = (Row(sums, 0), Row(sums, 1), Row(sums, 2), Row(sums, 3));
        (Vector512<float> s4, Vector512<float> s5, Vector512<float> s6, Vector512<float> s7) = (Row(sums, 4), Row(sums, 5), Row(sums, 6), Row(sums, 7));
        (Vector512<float> s8, Vector512<float> s9, Vector512<float> s10, Vector512<float> s11) = (Row(sums, 8), Row(sums, 9), Row(sums, 10), Row(sums, 11));
        (Vector512<float> s12, Vector512<float> s13, Vector512<float> s14, Vector512<float> s15) = (Row(sums, 12), Row(sums, 13), Row(sums, 14), Row(sums, 15));
        for (int tile = 0; tile < tiles; tile++, a += Lanes, b += Lanes)
        {
            var y = Vector512.Load(b);
            s0 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[0]), y, s0);
            s1 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[1]), y, s1);
            s2 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[2]), y, s2);
            s3 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[3]), y, s3);
            s4 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[4]), y, s4);
            s5 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[5]), y, s5);
            s6 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[6]), y, s6);
            s7 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[7]), y, s7);
            s8 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[8]), y, s8);
            s9 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[9]), y, s9);
            s10 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[10]), y, s10);
            s11 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[11]), y, s11);
            s12 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[12]), y, s12);
            s13 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[13]), y, s13);
            s14 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[14]), y, s14);
            s15 = Avx512F.FusedMultiplyAdd(Vector512.Create(a[15]), y, s15);
        }

        Store4(sums, s0, s1, s2, s3);
        Store4(sums + (4 * Lanes), s4, s5, s6, s7);
        Store4(sums + (8 * Lanes), s8, s9, s10, s11);
        Store4(sums + (12 * Lanes), s12, s13, s14, s15);
    }

    /// <summary>Adds the sum over tiles of a[tile, 8] · b[tile, 2 blocks, 16] to sums[2 blocks, 8, 16]: more products for each value that is read than with 16 × 16.</summary>
    /// <param name="a">The transformed tiles of the result's gradient, [tiles, 16].</param>
    /// <param name="b">The transformed tiles of the input, [2 blocks, tiles, 16].</param>
    /// <param name="next">The distance between the blocks of the input, in values.</param>
    /// <param name="tiles">The number of tiles.</param>
    /// <param name="sums">The sums to add to; the second block follows after 16 × 16 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add8x32(float* a, float* b, nint next, int tiles, float* sums)
    {
        float* nextSums = sums + (Lanes * Lanes);
        (Vector512<float> s00, Vector512<float> s01) = (Row(sums, 0), Row(nextSums, 0));
        (Vector512<float> s10, Vector512<float> s11) = (Row(sums, 1), Row(nextSums, 1));
        (Vector512<float> s20, Vector512<float> s21) = (Row(sums, 2), Row(nextSums, 2));
        (Vector512<float> s30, Vector512<float> s31) = (Row(sums, 3), Row(nextSums, 3));
        (Vector512<float> s40, Vector512<float> s41) = (Row(sums, 4), Row(nextSums, 4));
        (Vector512<float> s50, Vector512<float> s51) = (Row(sums, 5), Row(nextSums, 5));
        (Vector512<float> s60, Vector512<float> s61) = (Row(sums, 6), Row(nextSums, 6));
        (Vector512<float> s70, Vector512<float> s71) = (Row(sums, 7), Row(nextSums, 7));
        for (int tile = 0; tile < tiles; tile++, a += Lanes, b += Lanes)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + next);
            var x0 = Vector512.Create(a[0]);
            (s00, s01) = (Avx512F.FusedMultiplyAdd(x0, b0, s00), Avx512F.FusedMultiplyAdd(x0, b1, s01));
            var x1 = Vector512.Create(a[1]);
            (s10, s11) = (Avx512F.FusedMultiplyAdd(x1, b0, s10), Avx512F.FusedMultiplyAdd(x1, b1, s11));
            var x2 = Vector512.Create(a[2]);
            (s20, s21) = (Avx512F.FusedMultiplyAdd(x2, b0, s20), Avx512F.FusedMultiplyAdd(x2, b1, s21));
            var x3 = Vector512.Create(a[3]);
            (s30, s31) = (Avx512F.FusedMultiplyAdd(x3, b0, s30), Avx512F.FusedMultiplyAdd(x3, b1, s31));
            var x4 = Vector512.Create(a[4]);
            (s40, s41) = (Avx512F.FusedMultiplyAdd(x4, b0, s40), Avx512F.FusedMultiplyAdd(x4, b1, s41));
            var x5 = Vector512.Create(a[5]);
            (s50, s51) = (Avx512F.FusedMultiplyAdd(x5, b0, s50), Avx512F.FusedMultiplyAdd(x5, b1, s51));
            var x6 = Vector512.Create(a[6]);
            (s60, s61) = (Avx512F.FusedMultiplyAdd(x6, b0, s60), Avx512F.FusedMultiplyAdd(x6, b1, s61));
            var x7 = Vector512.Create(a[7]);
            (s70, s71) = (Avx512F.FusedMultiplyAdd(x7, b0, s70), Avx512F.FusedMultiplyAdd(x7, b1, s71));
        }

        Store4(sums, s00, s10, s20, s30);
        Store4(sums + (4 * Lanes), s40, s50, s60, s70);
        Store4(nextSums, s01, s11, s21, s31);
        Store4(nextSums + (4 * Lanes), s41, s51, s61, s71);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Row(float* sums, int row) => Vector512.Load(sums + (row * Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(float* to, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3)
    {
        s0.Store(to);
        s1.Store(to + Lanes);
        s2.Store(to + (2 * Lanes));
        s3.Store(to + (3 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store6(float* to, Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3, Vector512<float> s4, Vector512<float> s5)
    {
        s0.Store(to);
        s1.Store(to + Lanes);
        s2.Store(to + (2 * Lanes));
        s3.Store(to + (3 * Lanes));
        s4.Store(to + (4 * Lanes));
        s5.Store(to + (5 * Lanes));
    }
}
