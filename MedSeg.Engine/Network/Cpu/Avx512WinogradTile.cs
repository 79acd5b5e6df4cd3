using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The products of Winograd convolutions for CPUs with AVX-512: twelve tiles, or sixteen channels, by sixteen in registers. The order of every sum
/// is that of <see cref="Avx2ConvolutionTile"/> and <see cref="Avx2GradientTile"/>, so the results are bit-identical.
/// </summary>
internal static unsafe class Avx512WinogradTile
{
    /// <summary>The tiles that are multiplied at once.</summary>
    public const int Rows = 12;

    private const int Lanes = WinogradTiles.Lanes;

    /// <summary>Gets a value indicating whether the CPU supports it.</summary>
    public static bool IsSupported => Avx512F.IsSupported && Vector512.IsHardwareAccelerated;

    /// <summary>Computes what <see cref="Avx2ConvolutionTile.Multiply16"/> does.</summary>
    /// <param name="v">The transformed tiles, [channels / 16, tiles, 16].</param>
    /// <param name="block">The distance between blocks of 16 channels, in values.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="u">The transformed weights, [channels, 16].</param>
    /// <param name="m">Receives the products, [tiles, 16].</param>
    /// <param name="groups">The number of groups of twelve tiles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply16(float* v, nint block, int channels, float* u, float* m, int groups)
    {
        for (int group = 0; group < groups; group++, v += Rows * Lanes, m += Rows * Lanes)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
            Vector512<float> s6 = default, s7 = default, s8 = default, s9 = default, s10 = default, s11 = default;
            float* w = u;
            float* row = v;
            for (int left = channels; left > 0; left -= Lanes, row += block)
            {
                float* x = row;
                for (float* end = row + Math.Min(left, Lanes); x < end; x++, w += Lanes)
                {
                    var y = Vector512.Load(w);
                    s0 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[0]), y, s0);
                    s1 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[16]), y, s1);
                    s2 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[32]), y, s2);
                    s3 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[48]), y, s3);
                    s4 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[64]), y, s4);
                    s5 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[80]), y, s5);
                    s6 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[96]), y, s6);
                    s7 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[112]), y, s7);
                    s8 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[128]), y, s8);
                    s9 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[144]), y, s9);
                    s10 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[160]), y, s10);
                    s11 = Avx512F.FusedMultiplyAdd(Vector512.Create(x[176]), y, s11);
                }
            }

            Store4(m, s0, s1, s2, s3);
            Store4(m + (4 * Lanes), s4, s5, s6, s7);
            Store4(m + (8 * Lanes), s8, s9, s10, s11);
        }
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
}
