using System.Runtime.CompilerServices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The inner loops of direct convolutions and of the gradients of their weights: some pixels, or channels, by one or two vectors of others, summed in
/// registers. The sums are separate local variables, so that they stay there. The order of every sum is the same with vectors of any width.
/// </summary>
/// <typeparam name="TLanes">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class DirectTile<TLanes, TVector>
    where TLanes : struct, IFusedLanes<TVector>
    where TVector : struct
{
    private const int Rows = Avx2Conv2d.TilePixels;
    private const int Lanes = PackedWeights.Width;

    /// <summary>Computes sums[6, L], the sum over taps and channels of source(tap, pixel)[channel] · weights[tap, channel, L], for the L lanes of a vector.</summary>
    /// <param name="sources">Where each of six pixels is read at each tap.</param>
    /// <param name="weights">Some outputs of a block of <see cref="PackedWeights"/>.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="sums">Receives the sums, sixteen values apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumTaps(in TileSources sources, float* weights, int taps, int channels, float* sums)
    {
        TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        float** pixels = sources.Pixels;
        nint step = sources.Step;
        for (int tap = 0; tap < taps; tap++, pixels += step)
        {
            nint move = sources.Moves[tap];
            float* p0 = pixels[0] + move;
            float* p1 = pixels[1] + move;
            float* p2 = pixels[2] + move;
            float* p3 = pixels[3] + move;
            float* p4 = pixels[4] + move;
            float* p5 = pixels[5] + move;
            for (int c = 0; c < channels; c++, weights += Lanes)
            {
                var w = TLanes.Load(weights);
                s0 = TLanes.MultiplyAdd(TLanes.Create(p0[c]), w, s0);
                s1 = TLanes.MultiplyAdd(TLanes.Create(p1[c]), w, s1);
                s2 = TLanes.MultiplyAdd(TLanes.Create(p2[c]), w, s2);
                s3 = TLanes.MultiplyAdd(TLanes.Create(p3[c]), w, s3);
                s4 = TLanes.MultiplyAdd(TLanes.Create(p4[c]), w, s4);
                s5 = TLanes.MultiplyAdd(TLanes.Create(p5[c]), w, s5);
            }
        }

        Store6(sums, s0, s1, s2, s3, s4, s5);
    }

    /// <summary>Computes the same for two tiles of six pixels: with one vector of outputs, the sums of a single tile would wait for each other.</summary>
    /// <param name="sources">Where each of six pixels of the first tile is read at each tap; the second tile is the next one.</param>
    /// <param name="weights">Some outputs of a block of <see cref="PackedWeights"/>.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="sums">Receives the sums of twelve pixels, sixteen values apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumTapsTwice(in TileSources sources, float* weights, int taps, int channels, float* sums)
    {
        TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        TVector t0 = default, t1 = default, t2 = default, t3 = default, t4 = default, t5 = default;
        float** pixels = sources.Pixels;
        nint step = sources.Step;
        float** next = pixels + TileSources.Length;
        for (int tap = 0; tap < taps; tap++, pixels += step, next += step)
        {
            nint move = sources.Moves[tap];
            float* p0 = pixels[0] + move;
            float* p1 = pixels[1] + move;
            float* p2 = pixels[2] + move;
            float* p3 = pixels[3] + move;
            float* p4 = pixels[4] + move;
            float* p5 = pixels[5] + move;
            float* q0 = next[0] + move;
            float* q1 = next[1] + move;
            float* q2 = next[2] + move;
            float* q3 = next[3] + move;
            float* q4 = next[4] + move;
            float* q5 = next[5] + move;
            for (int c = 0; c < channels; c++, weights += Lanes)
            {
                var w = TLanes.Load(weights);
                s0 = TLanes.MultiplyAdd(TLanes.Create(p0[c]), w, s0);
                s1 = TLanes.MultiplyAdd(TLanes.Create(p1[c]), w, s1);
                s2 = TLanes.MultiplyAdd(TLanes.Create(p2[c]), w, s2);
                s3 = TLanes.MultiplyAdd(TLanes.Create(p3[c]), w, s3);
                s4 = TLanes.MultiplyAdd(TLanes.Create(p4[c]), w, s4);
                s5 = TLanes.MultiplyAdd(TLanes.Create(p5[c]), w, s5);
                t0 = TLanes.MultiplyAdd(TLanes.Create(q0[c]), w, t0);
                t1 = TLanes.MultiplyAdd(TLanes.Create(q1[c]), w, t1);
                t2 = TLanes.MultiplyAdd(TLanes.Create(q2[c]), w, t2);
                t3 = TLanes.MultiplyAdd(TLanes.Create(q3[c]), w, t3);
                t4 = TLanes.MultiplyAdd(TLanes.Create(q4[c]), w, t4);
                t5 = TLanes.MultiplyAdd(TLanes.Create(q5[c]), w, t5);
            }
        }

        Store6(sums, s0, s1, s2, s3, s4, s5);
        Store6(sums + (Rows * Lanes), t0, t1, t2, t3, t4, t5);
    }

    /// <summary>Computes the same for two vectors of outputs.</summary>
    /// <param name="sources">Where each of six pixels is read at each tap.</param>
    /// <param name="weights">Some outputs of a block of <see cref="PackedWeights"/>.</param>
    /// <param name="next">The distance from the first weights to the second ones, in values.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="sums">Receives the sums of the first ones, sixteen values apart.</param>
    /// <param name="nextSums">Receives those of the second ones.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumTaps(in TileSources sources, float* weights, nint next, int taps, int channels, float* sums, float* nextSums)
    {
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        TVector s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        float** pixels = sources.Pixels;
        nint step = sources.Step;
        for (int tap = 0; tap < taps; tap++, pixels += step)
        {
            nint move = sources.Moves[tap];
            float* p0 = pixels[0] + move;
            float* p1 = pixels[1] + move;
            float* p2 = pixels[2] + move;
            float* p3 = pixels[3] + move;
            float* p4 = pixels[4] + move;
            float* p5 = pixels[5] + move;
            for (int c = 0; c < channels; c++, weights += Lanes)
            {
                var w0 = TLanes.Load(weights);
                var w1 = TLanes.Load(weights + next);
                var x0 = TLanes.Create(p0[c]);
                (s00, s01) = (TLanes.MultiplyAdd(x0, w0, s00), TLanes.MultiplyAdd(x0, w1, s01));
                var x1 = TLanes.Create(p1[c]);
                (s10, s11) = (TLanes.MultiplyAdd(x1, w0, s10), TLanes.MultiplyAdd(x1, w1, s11));
                var x2 = TLanes.Create(p2[c]);
                (s20, s21) = (TLanes.MultiplyAdd(x2, w0, s20), TLanes.MultiplyAdd(x2, w1, s21));
                var x3 = TLanes.Create(p3[c]);
                (s30, s31) = (TLanes.MultiplyAdd(x3, w0, s30), TLanes.MultiplyAdd(x3, w1, s31));
                var x4 = TLanes.Create(p4[c]);
                (s40, s41) = (TLanes.MultiplyAdd(x4, w0, s40), TLanes.MultiplyAdd(x4, w1, s41));
                var x5 = TLanes.Create(p5[c]);
                (s50, s51) = (TLanes.MultiplyAdd(x5, w0, s50), TLanes.MultiplyAdd(x5, w1, s51));
            }
        }

        Store6(sums, s00, s10, s20, s30, s40, s50);
        Store6(nextSums, s01, s11, s21, s31, s41, s51);
    }

    /// <summary>Adds the sum over pixels of a[pixel, 8] · b[pixel, L] to sums[8, L], for the L lanes of a vector.</summary>
    /// <param name="a">The first image; neighbouring pixels and rows are <c>Step</c> and <c>Row</c> values apart.</param>
    /// <param name="b">The second image.</param>
    /// <param name="rows">The number of rows of the rectangle.</param>
    /// <param name="columns">The number of its columns.</param>
    /// <param name="sums">The sums to add to, sixteen values apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPixels(in PixelWalk a, in PixelWalk b, int rows, int columns, float* sums)
    {
        (nint stepA, nint stepB) = (a.Step, b.Step);
        (TVector s0, TVector s1, TVector s2, TVector s3) = (Row(sums, 0), Row(sums, 1), Row(sums, 2), Row(sums, 3));
        (TVector s4, TVector s5, TVector s6, TVector s7) = (Row(sums, 4), Row(sums, 5), Row(sums, 6), Row(sums, 7));
        for (int row = 0; row < rows; row++)
        {
            float* left = a.Start + (row * a.Row);
            float* right = b.Start + (row * b.Row);
            for (int column = 0; column < columns; column++, left += stepA, right += stepB)
            {
                var x = TLanes.Load(right);
                s0 = TLanes.MultiplyAdd(TLanes.Create(left[0]), x, s0);
                s1 = TLanes.MultiplyAdd(TLanes.Create(left[1]), x, s1);
                s2 = TLanes.MultiplyAdd(TLanes.Create(left[2]), x, s2);
                s3 = TLanes.MultiplyAdd(TLanes.Create(left[3]), x, s3);
                s4 = TLanes.MultiplyAdd(TLanes.Create(left[4]), x, s4);
                s5 = TLanes.MultiplyAdd(TLanes.Create(left[5]), x, s5);
                s6 = TLanes.MultiplyAdd(TLanes.Create(left[6]), x, s6);
                s7 = TLanes.MultiplyAdd(TLanes.Create(left[7]), x, s7);
            }
        }

        Store4(sums, s0, s1, s2, s3);
        Store4(sums + (4 * Lanes), s4, s5, s6, s7);
    }

    /// <summary>Computes the same for two vectors of the second image, which takes more than 16 registers.</summary>
    /// <param name="a">The first image; neighbouring pixels and rows are <c>Step</c> and <c>Row</c> values apart.</param>
    /// <param name="b">The second image.</param>
    /// <param name="next">The distance from the first channels to the second ones, in values.</param>
    /// <param name="rows">The number of rows of the rectangle.</param>
    /// <param name="columns">The number of its columns.</param>
    /// <param name="sums">The sums to add to, sixteen values apart.</param>
    /// <param name="nextSums">Those of the second ones.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPixels(in PixelWalk a, in PixelWalk b, nint next, int rows, int columns, float* sums, float* nextSums)
    {
        (nint stepA, nint stepB) = (a.Step, b.Step);
        (TVector s00, TVector s01) = (Row(sums, 0), Row(nextSums, 0));
        (TVector s10, TVector s11) = (Row(sums, 1), Row(nextSums, 1));
        (TVector s20, TVector s21) = (Row(sums, 2), Row(nextSums, 2));
        (TVector s30, TVector s31) = (Row(sums, 3), Row(nextSums, 3));
        (TVector s40, TVector s41) = (Row(sums, 4), Row(nextSums, 4));
        (TVector s50, TVector s51) = (Row(sums, 5), Row(nextSums, 5));
        (TVector s60, TVector s61) = (Row(sums, 6), Row(nextSums, 6));
        (TVector s70, TVector s71) = (Row(sums, 7), Row(nextSums, 7));
        for (int row = 0; row < rows; row++)
        {
            float* left = a.Start + (row * a.Row);
            float* right = b.Start + (row * b.Row);
            for (int column = 0; column < columns; column++, left += stepA, right += stepB)
            {
                var b0 = TLanes.Load(right);
                var b1 = TLanes.Load(right + next);
                var x0 = TLanes.Create(left[0]);
                (s00, s01) = (TLanes.MultiplyAdd(x0, b0, s00), TLanes.MultiplyAdd(x0, b1, s01));
                var x1 = TLanes.Create(left[1]);
                (s10, s11) = (TLanes.MultiplyAdd(x1, b0, s10), TLanes.MultiplyAdd(x1, b1, s11));
                var x2 = TLanes.Create(left[2]);
                (s20, s21) = (TLanes.MultiplyAdd(x2, b0, s20), TLanes.MultiplyAdd(x2, b1, s21));
                var x3 = TLanes.Create(left[3]);
                (s30, s31) = (TLanes.MultiplyAdd(x3, b0, s30), TLanes.MultiplyAdd(x3, b1, s31));
                var x4 = TLanes.Create(left[4]);
                (s40, s41) = (TLanes.MultiplyAdd(x4, b0, s40), TLanes.MultiplyAdd(x4, b1, s41));
                var x5 = TLanes.Create(left[5]);
                (s50, s51) = (TLanes.MultiplyAdd(x5, b0, s50), TLanes.MultiplyAdd(x5, b1, s51));
                var x6 = TLanes.Create(left[6]);
                (s60, s61) = (TLanes.MultiplyAdd(x6, b0, s60), TLanes.MultiplyAdd(x6, b1, s61));
                var x7 = TLanes.Create(left[7]);
                (s70, s71) = (TLanes.MultiplyAdd(x7, b0, s70), TLanes.MultiplyAdd(x7, b1, s71));
            }
        }

        Store4(sums, s00, s10, s20, s30);
        Store4(sums + (4 * Lanes), s40, s50, s60, s70);
        Store4(nextSums, s01, s11, s21, s31);
        Store4(nextSums + (4 * Lanes), s41, s51, s61, s71);
    }

    /// <summary>Computes the same for six channels of the first image and two vectors of the second, which fit in 16 registers.</summary>
    /// <param name="a">The first image; neighbouring pixels and rows are <c>Step</c> and <c>Row</c> values apart.</param>
    /// <param name="b">The second image.</param>
    /// <param name="next">The distance from the first channels to the second ones, in values.</param>
    /// <param name="rows">The number of rows of the rectangle.</param>
    /// <param name="columns">The number of its columns.</param>
    /// <param name="sums">The sums to add to, sixteen values apart.</param>
    /// <param name="nextSums">Those of the second ones.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPixelsOfSix(in PixelWalk a, in PixelWalk b, nint next, int rows, int columns, float* sums, float* nextSums)
    {
        (nint stepA, nint stepB) = (a.Step, b.Step);
        (TVector s00, TVector s01) = (Row(sums, 0), Row(nextSums, 0));
        (TVector s10, TVector s11) = (Row(sums, 1), Row(nextSums, 1));
        (TVector s20, TVector s21) = (Row(sums, 2), Row(nextSums, 2));
        (TVector s30, TVector s31) = (Row(sums, 3), Row(nextSums, 3));
        (TVector s40, TVector s41) = (Row(sums, 4), Row(nextSums, 4));
        (TVector s50, TVector s51) = (Row(sums, 5), Row(nextSums, 5));
        for (int row = 0; row < rows; row++)
        {
            float* left = a.Start + (row * a.Row);
            float* right = b.Start + (row * b.Row);
            for (int column = 0; column < columns; column++, left += stepA, right += stepB)
            {
                var b0 = TLanes.Load(right);
                var b1 = TLanes.Load(right + next);
                var x0 = TLanes.Create(left[0]);
                (s00, s01) = (TLanes.MultiplyAdd(x0, b0, s00), TLanes.MultiplyAdd(x0, b1, s01));
                var x1 = TLanes.Create(left[1]);
                (s10, s11) = (TLanes.MultiplyAdd(x1, b0, s10), TLanes.MultiplyAdd(x1, b1, s11));
                var x2 = TLanes.Create(left[2]);
                (s20, s21) = (TLanes.MultiplyAdd(x2, b0, s20), TLanes.MultiplyAdd(x2, b1, s21));
                var x3 = TLanes.Create(left[3]);
                (s30, s31) = (TLanes.MultiplyAdd(x3, b0, s30), TLanes.MultiplyAdd(x3, b1, s31));
                var x4 = TLanes.Create(left[4]);
                (s40, s41) = (TLanes.MultiplyAdd(x4, b0, s40), TLanes.MultiplyAdd(x4, b1, s41));
                var x5 = TLanes.Create(left[5]);
                (s50, s51) = (TLanes.MultiplyAdd(x5, b0, s50), TLanes.MultiplyAdd(x5, b1, s51));
            }
        }

        Store6(sums, s00, s10, s20, s30, s40, s50);
        Store6(nextSums, s01, s11, s21, s31, s41, s51);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Row(float* sums, int row) => TLanes.Load(sums + (row * Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store6(float* to, TVector s0, TVector s1, TVector s2, TVector s3, TVector s4, TVector s5)
    {
        TLanes.Store(s0, to);
        TLanes.Store(s1, to + Lanes);
        TLanes.Store(s2, to + (2 * Lanes));
        TLanes.Store(s3, to + (3 * Lanes));
        TLanes.Store(s4, to + (4 * Lanes));
        TLanes.Store(s5, to + (5 * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(float* to, TVector s0, TVector s1, TVector s2, TVector s3)
    {
        TLanes.Store(s0, to);
        TLanes.Store(s1, to + Lanes);
        TLanes.Store(s2, to + (2 * Lanes));
        TLanes.Store(s3, to + (3 * Lanes));
    }
}
