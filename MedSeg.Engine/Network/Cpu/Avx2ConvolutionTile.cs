using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The inner loops of convolutions: six pixels or tiles by sixteen outputs, summed in registers. The sums are separate local variables, so that
/// they stay there.
/// </summary>
internal static unsafe class Avx2ConvolutionTile
{
    /// <summary>The pixels or tiles that are summed at once.</summary>
    public const int Rows = 6;

    private const int Lanes = PackedWeights.Width;

    /// <summary>Computes sums[6, 16], the sum over taps and channels of sources[tap, 6][channel] · weights[tap, channel, 16].</summary>
    /// <param name="sources">The address of each pixel's first channel at each tap.</param>
    /// <param name="weights">A block of <see cref="PackedWeights"/>.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="sums">Receives the sums.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumTaps16(float** sources, float* weights, int taps, int channels, float* sums)
    {
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        for (int tap = 0; tap < taps; tap++, sources += Rows)
        {
            float* p0 = sources[0];
            float* p1 = sources[1];
            float* p2 = sources[2];
            float* p3 = sources[3];
            float* p4 = sources[4];
            float* p5 = sources[5];
            for (int c = 0; c < channels; c++, weights += Lanes)
            {
                var w0 = Vector256.Load(weights);
                var w1 = Vector256.Load(weights + 8);
                var x = Vector256.Create(p0[c]);
                (s00, s01) = (Fma.MultiplyAdd(x, w0, s00), Fma.MultiplyAdd(x, w1, s01));
                x = Vector256.Create(p1[c]);
                (s10, s11) = (Fma.MultiplyAdd(x, w0, s10), Fma.MultiplyAdd(x, w1, s11));
                x = Vector256.Create(p2[c]);
                (s20, s21) = (Fma.MultiplyAdd(x, w0, s20), Fma.MultiplyAdd(x, w1, s21));
                x = Vector256.Create(p3[c]);
                (s30, s31) = (Fma.MultiplyAdd(x, w0, s30), Fma.MultiplyAdd(x, w1, s31));
                x = Vector256.Create(p4[c]);
                (s40, s41) = (Fma.MultiplyAdd(x, w0, s40), Fma.MultiplyAdd(x, w1, s41));
                x = Vector256.Create(p5[c]);
                (s50, s51) = (Fma.MultiplyAdd(x, w0, s50), Fma.MultiplyAdd(x, w1, s51));
            }
        }

        Store6(sums, s00, s10, s20, s30, s40, s50);
        Store6(sums + 8, s01, s11, s21, s31, s41, s51);
    }

    /// <summary>Computes the same without the last eight of the sixteen outputs.</summary>
    /// <param name="sources">The address of each pixel's first channel at each tap.</param>
    /// <param name="weights">A block of <see cref="PackedWeights"/>.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="sums">Receives the sums, [6, 16].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumTaps8(float** sources, float* weights, int taps, int channels, float* sums)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        for (int tap = 0; tap < taps; tap++, sources += Rows)
        {
            float* p0 = sources[0];
            float* p1 = sources[1];
            float* p2 = sources[2];
            float* p3 = sources[3];
            float* p4 = sources[4];
            float* p5 = sources[5];
            for (int c = 0; c < channels; c++, weights += Lanes)
            {
                var w = Vector256.Load(weights);
                s0 = Fma.MultiplyAdd(Vector256.Create(p0[c]), w, s0);
                s1 = Fma.MultiplyAdd(Vector256.Create(p1[c]), w, s1);
                s2 = Fma.MultiplyAdd(Vector256.Create(p2[c]), w, s2);
                s3 = Fma.MultiplyAdd(Vector256.Create(p3[c]), w, s3);
                s4 = Fma.MultiplyAdd(Vector256.Create(p4[c]), w, s4);
                s5 = Fma.MultiplyAdd(Vector256.Create(p5[c]), w, s5);
            }
        }

        Store6(sums, s0, s1, s2, s3, s4, s5);
    }

    /// <summary>Multiplies tiles at one point of Winograd's transform: m[tile, 16] is the sum over channels of v[tile][channel] · u[channel, 16].</summary>
    /// <param name="v">The transformed tiles, [channels / 16, tiles, 16].</param>
    /// <param name="block">The distance between blocks of 16 channels, in values.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="u">The transformed weights, [channels, 16].</param>
    /// <param name="m">Receives the products, [tiles, 16].</param>
    /// <param name="groups">The number of groups of six tiles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply16(float* v, nint block, int channels, float* u, float* m, int groups)
    {
        for (int group = 0; group < groups; group++, v += Rows * Lanes, m += Rows * Lanes)
        {
            Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
            Vector256<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
            float* w = u;
            float* row = v;
            for (int left = channels; left > 0; left -= Lanes, row += block)
            {
                float* x = row;
                for (float* end = row + Math.Min(left, Lanes); x < end; x++, w += Lanes)
                {
                    var w0 = Vector256.Load(w);
                    var w1 = Vector256.Load(w + 8);
                    var y = Vector256.Create(x[0]);
                    (s00, s01) = (Fma.MultiplyAdd(y, w0, s00), Fma.MultiplyAdd(y, w1, s01));
                    y = Vector256.Create(x[16]);
                    (s10, s11) = (Fma.MultiplyAdd(y, w0, s10), Fma.MultiplyAdd(y, w1, s11));
                    y = Vector256.Create(x[32]);
                    (s20, s21) = (Fma.MultiplyAdd(y, w0, s20), Fma.MultiplyAdd(y, w1, s21));
                    y = Vector256.Create(x[48]);
                    (s30, s31) = (Fma.MultiplyAdd(y, w0, s30), Fma.MultiplyAdd(y, w1, s31));
                    y = Vector256.Create(x[64]);
                    (s40, s41) = (Fma.MultiplyAdd(y, w0, s40), Fma.MultiplyAdd(y, w1, s41));
                    y = Vector256.Create(x[80]);
                    (s50, s51) = (Fma.MultiplyAdd(y, w0, s50), Fma.MultiplyAdd(y, w1, s51));
                }
            }

            Store6(m, s00, s10, s20, s30, s40, s50);
            Store6(m + 8, s01, s11, s21, s31, s41, s51);
        }
    }

    /// <summary>Computes the same without the last eight of the sixteen outputs.</summary>
    /// <param name="v">The transformed tiles, [channels / 16, tiles, 16].</param>
    /// <param name="block">The distance between blocks of 16 channels, in values.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="u">The transformed weights, [channels, 16].</param>
    /// <param name="m">Receives the products, [tiles, 16].</param>
    /// <param name="groups">The number of groups of six tiles.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply8(float* v, nint block, int channels, float* u, float* m, int groups)
    {
        for (int group = 0; group < groups; group++, v += Rows * Lanes, m += Rows * Lanes)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
            float* w = u;
            float* row = v;
            for (int left = channels; left > 0; left -= Lanes, row += block)
            {
                float* x = row;
                for (float* end = row + Math.Min(left, Lanes); x < end; x++, w += Lanes)
                {
                    var y = Vector256.Load(w);
                    s0 = Fma.MultiplyAdd(Vector256.Create(x[0]), y, s0);
                    s1 = Fma.MultiplyAdd(Vector256.Create(x[16]), y, s1);
                    s2 = Fma.MultiplyAdd(Vector256.Create(x[32]), y, s2);
                    s3 = Fma.MultiplyAdd(Vector256.Create(x[48]), y, s3);
                    s4 = Fma.MultiplyAdd(Vector256.Create(x[64]), y, s4);
                    s5 = Fma.MultiplyAdd(Vector256.Create(x[80]), y, s5);
                }
            }

            Store6(m, s0, s1, s2, s3, s4, s5);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store6(float* to, Vector256<float> s0, Vector256<float> s1, Vector256<float> s2, Vector256<float> s3, Vector256<float> s4, Vector256<float> s5)
    {
        s0.Store(to);
        s1.Store(to + Lanes);
        s2.Store(to + (2 * Lanes));
        s3.Store(to + (3 * Lanes));
        s4.Store(to + (4 * Lanes));
        s5.Store(to + (5 * Lanes));
    }
}
