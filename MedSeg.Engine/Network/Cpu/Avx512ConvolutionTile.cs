using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The inner loops of convolutions for CPUs with AVX-512, with twice as many values at once. The order of every sum is that of
/// <see cref="Avx2ConvolutionTile"/>, so the results are bit-identical.
/// </summary>
internal static unsafe class Avx512ConvolutionTile
{
    /// <summary>The tiles that <see cref="Multiply16"/> multiplies at once.</summary>
    public const int Rows = 12;

    private const int Lanes = PackedWeights.Width;

    /// <summary>Computes what <see cref="Avx2ConvolutionTile.SumTaps16"/> does, for two blocks of weights.</summary>
    /// <param name="sources">The address of each pixel's first channel at each tap, for six pixels.</param>
    /// <param name="weights">A block of <see cref="PackedWeights"/>.</param>
    /// <param name="panel">The distance to the next block, in values.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="sums">Receives the sums, [2 blocks, 6, 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumTaps32(float** sources, float* weights, nint panel, int taps, int channels, float* sums)
    {
        Vector512<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector512<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        for (int tap = 0; tap < taps; tap++, sources += Avx2ConvolutionTile.Rows)
        {
            float* p0 = sources[0];
            float* p1 = sources[1];
            float* p2 = sources[2];
            float* p3 = sources[3];
            float* p4 = sources[4];
            float* p5 = sources[5];
            for (int c = 0; c < channels; c++, weights += Lanes)
            {
                var w0 = Vector512.Load(weights);
                var w1 = Vector512.Load(weights + panel);
                var x0 = Vector512.Create(p0[c]);
                (s00, s01) = (Avx512F.FusedMultiplyAdd(x0, w0, s00), Avx512F.FusedMultiplyAdd(x0, w1, s01));
                var x1 = Vector512.Create(p1[c]);
                (s10, s11) = (Avx512F.FusedMultiplyAdd(x1, w0, s10), Avx512F.FusedMultiplyAdd(x1, w1, s11));
                var x2 = Vector512.Create(p2[c]);
                (s20, s21) = (Avx512F.FusedMultiplyAdd(x2, w0, s20), Avx512F.FusedMultiplyAdd(x2, w1, s21));
                var x3 = Vector512.Create(p3[c]);
                (s30, s31) = (Avx512F.FusedMultiplyAdd(x3, w0, s30), Avx512F.FusedMultiplyAdd(x3, w1, s31));
                var x4 = Vector512.Create(p4[c]);
                (s40, s41) = (Avx512F.FusedMultiplyAdd(x4, w0, s40), Avx512F.FusedMultiplyAdd(x4, w1, s41));
                var x5 = Vector512.Create(p5[c]);
                (s50, s51) = (Avx512F.FusedMultiplyAdd(x5, w0, s50), Avx512F.FusedMultiplyAdd(x5, w1, s51));
            }
        }

        Store6(sums, s00, s10, s20, s30, s40, s50);
        Store6(sums + (Avx2ConvolutionTile.Rows * Lanes), s01, s11, s21, s31, s41, s51);
    }

    /// <summary>Computes what <see cref="Avx2ConvolutionTile.SumTaps16"/> does.</summary>
    /// <param name="sources">The address of each pixel's first channel at each tap, for six pixels.</param>
    /// <param name="weights">A block of <see cref="PackedWeights"/>.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="sums">Receives the sums, [6, 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumTaps16(float** sources, float* weights, int taps, int channels, float* sums)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        for (int tap = 0; tap < taps; tap++, sources += Avx2ConvolutionTile.Rows)
        {
            float* p0 = sources[0];
            float* p1 = sources[1];
            float* p2 = sources[2];
            float* p3 = sources[3];
            float* p4 = sources[4];
            float* p5 = sources[5];
            for (int c = 0; c < channels; c++, weights += Lanes)
            {
                var w = Vector512.Load(weights);
                s0 = Avx512F.FusedMultiplyAdd(Vector512.Create(p0[c]), w, s0);
                s1 = Avx512F.FusedMultiplyAdd(Vector512.Create(p1[c]), w, s1);
                s2 = Avx512F.FusedMultiplyAdd(Vector512.Create(p2[c]), w, s2);
                s3 = Avx512F.FusedMultiplyAdd(Vector512.Create(p3[c]), w, s3);
                s4 = Avx512F.FusedMultiplyAdd(Vector512.Create(p4[c]), w, s4);
                s5 = Avx512F.FusedMultiplyAdd(Vector512.Create(p5[c]), w, s5);
            }
        }

        Store6(sums, s0, s1, s2, s3, s4, s5);
    }

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

    /// <summary>Computes what <see cref="Avx2ConvolutionTile.Multiply16"/> does, for two blocks of weights: more products for each value that is read.</summary>
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

            Store6(m, s00, s10, s20, s30, s40, s50);
            Store6(m + (6 * Lanes), s60, s70, s80, s90, s100, s110);
            Store6(m + block, s01, s11, s21, s31, s41, s51);
            Store6(m + block + (6 * Lanes), s61, s71, s81, s91, s101, s111);
        }
    }

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
