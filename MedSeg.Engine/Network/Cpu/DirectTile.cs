using System.Runtime.CompilerServices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The inner loops of direct convolutions and of the gradients of their weights: six pixels, or channels, by one or two vectors of others, summed in
/// registers. The sums are separate local variables, so that they stay there. The order of every sum is the same with vectors of any width.
/// </summary>
/// <typeparam name="TLanes">The arithmetic.</typeparam>
/// <typeparam name="TVector">Its vectors.</typeparam>
internal static unsafe class DirectTile<TLanes, TVector>
    where TLanes : struct, IVectorLanes<TVector>
    where TVector : struct
{
    private const int Rows = Avx2Conv2d.TilePixels;
    private const int Lanes = PackedWeights.Width;

    /// <summary>Computes sums[6, L], the sum over taps and channels of sources[tap, 6][channel] · weights[tap, channel, L], for the L lanes of a vector.</summary>
    /// <param name="sources">The address of each pixel's first channel at each tap, for six pixels.</param>
    /// <param name="weights">Some outputs of a block of <see cref="PackedWeights"/>.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="sums">Receives the sums, sixteen values apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumTaps(float** sources, float* weights, int taps, int channels, float* sums)
    {
        TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
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

    /// <summary>Computes the same for two vectors of outputs.</summary>
    /// <param name="sources">The address of each pixel's first channel at each tap, for six pixels.</param>
    /// <param name="weights">Some outputs of a block of <see cref="PackedWeights"/>.</param>
    /// <param name="next">The distance from the first weights to the second ones, in values.</param>
    /// <param name="taps">The number of taps.</param>
    /// <param name="channels">The number of input channels.</param>
    /// <param name="sums">Receives the sums of the first ones, sixteen values apart.</param>
    /// <param name="nextSums">Receives those of the second ones.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SumTaps(float** sources, float* weights, nint next, int taps, int channels, float* sums, float* nextSums)
    {
        TVector s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        TVector s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
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

    /// <summary>Adds the sum over pixels of a[pixel, 6] · b[pixel, L] to sums[6, L], for the L lanes of a vector.</summary>
    /// <param name="a">The first image; neighbouring pixels and rows are <c>Step</c> and <c>Row</c> values apart.</param>
    /// <param name="b">The second image.</param>
    /// <param name="rows">The number of rows of the rectangle.</param>
    /// <param name="columns">The number of its columns.</param>
    /// <param name="sums">The sums to add to, sixteen values apart.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPixels(in PixelWalk a, in PixelWalk b, int rows, int columns, float* sums)
    {
        (nint stepA, nint stepB) = (a.Step, b.Step);
        (TVector s0, TVector s1, TVector s2) = (Row(sums, 0), Row(sums, 1), Row(sums, 2));
        (TVector s3, TVector s4, TVector s5) = (Row(sums, 3), Row(sums, 4), Row(sums, 5));
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
            }
        }

        Store6(sums, s0, s1, s2, s3, s4, s5);
    }

    /// <summary>Computes the same for two vectors of channels of the second image.</summary>
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
}
