using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The products of Winograd convolutions for CPUs with AVX-512: twice as many values at once. The order of every sum is that of
/// <see cref="Avx2WinogradTile"/> and <see cref="DirectTile{TLanes, TVector}"/>, so the results are bit-identical.
/// </summary>
internal static unsafe class Avx512WinogradTile
{
    /// <summary>The tiles that are multiplied at once.</summary>
    public const int Rows = 12;

    private const int Lanes = WinogradTiles.Lanes;

    /// <summary>Computes what <see cref="Avx2WinogradTile.Multiply16"/> does.</summary>
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

    /// <summary>Computes what <see cref="Avx2WinogradTile.Multiply16"/> does, for two blocks of weights: more products for each value that is read.</summary>
    /// <param name="v">The transformed tiles, [channels / 16, tiles, 16].</param>
    /// <param name="block">The distance between blocks of 16 channels, in values.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="u">The transformed weights, [2 blocks, channels, 16].</param>
    /// <param name="m">Receives the products, [2 blocks, tiles, 16], with the same distance between blocks as the tiles.</param>
    /// <param name="groups">The number of groups of twelve tiles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply32(float* v, nint block, int channels, float* u, float* m, int groups)
    {
        nint next = (nint)channels * Lanes;
        for (int group = 0; group < groups; group++, v += Rows * Lanes, m += Rows * Lanes)
        {
            Vector512<float> s00 = default, s10 = default, s20 = default, s30 = default, s40 = default, s50 = default;
            Vector512<float> s60 = default, s70 = default, s80 = default, s90 = default, s100 = default, s110 = default;
            Vector512<float> s01 = default, s11 = default, s21 = default, s31 = default, s41 = default, s51 = default;
            Vector512<float> s61 = default, s71 = default, s81 = default, s91 = default, s101 = default, s111 = default;
            float* w = u;
            float* row = v;
            for (int left = channels; left > 0; left -= Lanes, row += block)
            {
                float* x = row;
                for (float* end = row + Math.Min(left, Lanes); x < end; x++, w += Lanes)
                {
                    // The weights of the next two blocks: a CPU does not read on from one product to the next by itself.
                    Sse.Prefetch1(w + (2 * next));
                    Sse.Prefetch1(w + (3 * next));
                    var w0 = Vector512.Load(w);
                    var w1 = Vector512.Load(w + next);
                    var y0 = Vector512.Create(x[0]);
                    (s00, s01) = (Avx512F.FusedMultiplyAdd(y0, w0, s00), Avx512F.FusedMultiplyAdd(y0, w1, s01));
                    var y1 = Vector512.Create(x[16]);
                    (s10, s11) = (Avx512F.FusedMultiplyAdd(y1, w0, s10), Avx512F.FusedMultiplyAdd(y1, w1, s11));
                    var y2 = Vector512.Create(x[32]);
                    (s20, s21) = (Avx512F.FusedMultiplyAdd(y2, w0, s20), Avx512F.FusedMultiplyAdd(y2, w1, s21));
                    var y3 = Vector512.Create(x[48]);
                    (s30, s31) = (Avx512F.FusedMultiplyAdd(y3, w0, s30), Avx512F.FusedMultiplyAdd(y3, w1, s31));
                    var y4 = Vector512.Create(x[64]);
                    (s40, s41) = (Avx512F.FusedMultiplyAdd(y4, w0, s40), Avx512F.FusedMultiplyAdd(y4, w1, s41));
                    var y5 = Vector512.Create(x[80]);
                    (s50, s51) = (Avx512F.FusedMultiplyAdd(y5, w0, s50), Avx512F.FusedMultiplyAdd(y5, w1, s51));
                    var y6 = Vector512.Create(x[96]);
                    (s60, s61) = (Avx512F.FusedMultiplyAdd(y6, w0, s60), Avx512F.FusedMultiplyAdd(y6, w1, s61));
                    var y7 = Vector512.Create(x[112]);
                    (s70, s71) = (Avx512F.FusedMultiplyAdd(y7, w0, s70), Avx512F.FusedMultiplyAdd(y7, w1, s71));
                    var y8 = Vector512.Create(x[128]);
                    (s80, s81) = (Avx512F.FusedMultiplyAdd(y8, w0, s80), Avx512F.FusedMultiplyAdd(y8, w1, s81));
                    var y9 = Vector512.Create(x[144]);
                    (s90, s91) = (Avx512F.FusedMultiplyAdd(y9, w0, s90), Avx512F.FusedMultiplyAdd(y9, w1, s91));
                    var y10 = Vector512.Create(x[160]);
                    (s100, s101) = (Avx512F.FusedMultiplyAdd(y10, w0, s100), Avx512F.FusedMultiplyAdd(y10, w1, s101));
                    var y11 = Vector512.Create(x[176]);
                    (s110, s111) = (Avx512F.FusedMultiplyAdd(y11, w0, s110), Avx512F.FusedMultiplyAdd(y11, w1, s111));
                }
            }

            Store4(m, s00, s10, s20, s30);
            Store4(m + (4 * Lanes), s40, s50, s60, s70);
            Store4(m + (8 * Lanes), s80, s90, s100, s110);
            Store4(m + block, s01, s11, s21, s31);
            Store4(m + block + (4 * Lanes), s41, s51, s61, s71);
            Store4(m + block + (8 * Lanes), s81, s91, s101, s111);
        }
    }

    /// <summary>Computes the same for six tiles, if half a group is left.</summary>
    /// <param name="v">The transformed tiles, [channels / 16, tiles, 16].</param>
    /// <param name="block">The distance between blocks of 16 channels, in values.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="u">The transformed weights, [2 blocks, channels, 16].</param>
    /// <param name="m">Receives the products, [2 blocks, tiles, 16], with the same distance between blocks as the tiles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyHalf32(float* v, nint block, int channels, float* u, float* m)
    {
        nint next = (nint)channels * Lanes;
        Vector512<float> s00 = default, s10 = default, s20 = default, s30 = default, s40 = default, s50 = default;
        Vector512<float> s01 = default, s11 = default, s21 = default, s31 = default, s41 = default, s51 = default;
        float* w = u;
        for (int left = channels; left > 0; left -= Lanes, v += block)
        {
            float* x = v;
            for (float* end = v + Math.Min(left, Lanes); x < end; x++, w += Lanes)
            {
                var w0 = Vector512.Load(w);
                var w1 = Vector512.Load(w + next);
                var y0 = Vector512.Create(x[0]);
                (s00, s01) = (Avx512F.FusedMultiplyAdd(y0, w0, s00), Avx512F.FusedMultiplyAdd(y0, w1, s01));
                var y1 = Vector512.Create(x[16]);
                (s10, s11) = (Avx512F.FusedMultiplyAdd(y1, w0, s10), Avx512F.FusedMultiplyAdd(y1, w1, s11));
                var y2 = Vector512.Create(x[32]);
                (s20, s21) = (Avx512F.FusedMultiplyAdd(y2, w0, s20), Avx512F.FusedMultiplyAdd(y2, w1, s21));
                var y3 = Vector512.Create(x[48]);
                (s30, s31) = (Avx512F.FusedMultiplyAdd(y3, w0, s30), Avx512F.FusedMultiplyAdd(y3, w1, s31));
                var y4 = Vector512.Create(x[64]);
                (s40, s41) = (Avx512F.FusedMultiplyAdd(y4, w0, s40), Avx512F.FusedMultiplyAdd(y4, w1, s41));
                var y5 = Vector512.Create(x[80]);
                (s50, s51) = (Avx512F.FusedMultiplyAdd(y5, w0, s50), Avx512F.FusedMultiplyAdd(y5, w1, s51));
            }
        }

        Store4(m, s00, s10, s20, s30);
        Vector512.Store(s40, m + (4 * Lanes));
        Vector512.Store(s50, m + (5 * Lanes));
        Store4(m + block, s01, s11, s21, s31);
        Vector512.Store(s41, m + block + (4 * Lanes));
        Vector512.Store(s51, m + block + (5 * Lanes));
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
}
