using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The products of Winograd convolutions: six tiles, or channels, by sixteen in registers. The sums are separate local variables, so that they stay
/// there.
/// </summary>
internal static unsafe class Avx2WinogradTile
{
    /// <summary>The tiles that are multiplied at once.</summary>
    public const int Rows = 6;

    private const int Lanes = WinogradTiles.Lanes;

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

    /// <summary>Adds the sum over a row of pixels of a[pixel, 5] · b[pixel, 16] to sums[5, 16], since 16 channels are 6 + 5 + 5.</summary>
    /// <param name="a">The first image.</param>
    /// <param name="b">The second image.</param>
    /// <param name="pixels">The number of pixels.</param>
    /// <param name="sums">The sums to add to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add5x16(in PixelWalk a, in PixelWalk b, int pixels, float* sums)
    {
        float* left = a.Start;
        float* right = b.Start;
        (nint stepA, nint stepB) = (a.Step, b.Step);
        (Vector256<float> s00, Vector256<float> s01) = (Vector256.Load(sums), Vector256.Load(sums + 8));
        (Vector256<float> s10, Vector256<float> s11) = (Vector256.Load(sums + 16), Vector256.Load(sums + 24));
        (Vector256<float> s20, Vector256<float> s21) = (Vector256.Load(sums + 32), Vector256.Load(sums + 40));
        (Vector256<float> s30, Vector256<float> s31) = (Vector256.Load(sums + 48), Vector256.Load(sums + 56));
        (Vector256<float> s40, Vector256<float> s41) = (Vector256.Load(sums + 64), Vector256.Load(sums + 72));
        for (int pixel = 0; pixel < pixels; pixel++, left += stepA, right += stepB)
        {
            var b0 = Vector256.Load(right);
            var b1 = Vector256.Load(right + 8);
            var x = Vector256.Create(left[0]);
            (s00, s01) = (Fma.MultiplyAdd(x, b0, s00), Fma.MultiplyAdd(x, b1, s01));
            x = Vector256.Create(left[1]);
            (s10, s11) = (Fma.MultiplyAdd(x, b0, s10), Fma.MultiplyAdd(x, b1, s11));
            x = Vector256.Create(left[2]);
            (s20, s21) = (Fma.MultiplyAdd(x, b0, s20), Fma.MultiplyAdd(x, b1, s21));
            x = Vector256.Create(left[3]);
            (s30, s31) = (Fma.MultiplyAdd(x, b0, s30), Fma.MultiplyAdd(x, b1, s31));
            x = Vector256.Create(left[4]);
            (s40, s41) = (Fma.MultiplyAdd(x, b0, s40), Fma.MultiplyAdd(x, b1, s41));
        }

        Store5(sums, s00, s10, s20, s30, s40);
        Store5(sums + 8, s01, s11, s21, s31, s41);
    }

    /// <summary>Adds the sum over a row of pixels of a[pixel, 8] · b[pixel, 8] to the first eight columns of sums[8, 16].</summary>
    /// <param name="a">The first image.</param>
    /// <param name="b">The second image.</param>
    /// <param name="pixels">The number of pixels.</param>
    /// <param name="sums">The sums to add to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add8x8(in PixelWalk a, in PixelWalk b, int pixels, float* sums)
    {
        float* left = a.Start;
        float* right = b.Start;
        (nint stepA, nint stepB) = (a.Step, b.Step);
        (Vector256<float> s0, Vector256<float> s1) = (Vector256.Load(sums), Vector256.Load(sums + 16));
        (Vector256<float> s2, Vector256<float> s3) = (Vector256.Load(sums + 32), Vector256.Load(sums + 48));
        (Vector256<float> s4, Vector256<float> s5) = (Vector256.Load(sums + 64), Vector256.Load(sums + 80));
        (Vector256<float> s6, Vector256<float> s7) = (Vector256.Load(sums + 96), Vector256.Load(sums + 112));
        for (int pixel = 0; pixel < pixels; pixel++, left += stepA, right += stepB)
        {
            var x = Vector256.Load(right);
            s0 = Fma.MultiplyAdd(Vector256.Create(left[0]), x, s0);
            s1 = Fma.MultiplyAdd(Vector256.Create(left[1]), x, s1);
            s2 = Fma.MultiplyAdd(Vector256.Create(left[2]), x, s2);
            s3 = Fma.MultiplyAdd(Vector256.Create(left[3]), x, s3);
            s4 = Fma.MultiplyAdd(Vector256.Create(left[4]), x, s4);
            s5 = Fma.MultiplyAdd(Vector256.Create(left[5]), x, s5);
            s6 = Fma.MultiplyAdd(Vector256.Create(left[6]), x, s6);
            s7 = Fma.MultiplyAdd(Vector256.Create(left[7]), x, s7);
        }

        Store5(sums, s0, s1, s2, s3, s4);
        s5.Store(sums + (5 * Lanes));
        s6.Store(sums + (6 * Lanes));
        s7.Store(sums + (7 * Lanes));
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store5(float* to, Vector256<float> s0, Vector256<float> s1, Vector256<float> s2, Vector256<float> s3, Vector256<float> s4)
    {
        s0.Store(to);
        s1.Store(to + Lanes);
        s2.Store(to + (2 * Lanes));
        s3.Store(to + (3 * Lanes));
        s4.Store(to + (4 * Lanes));
    }
}
