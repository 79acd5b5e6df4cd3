using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The gradient of a convolution's weights for channels-last images, for CPUs with AVX2 and FMA as <see cref="Avx2Conv2d"/>. The result does
/// not depend on the number of threads.
/// </summary>
internal static unsafe class Avx2WeightGradient
{
    // Channels of the coarse and of the fine image whose products are summed at once, in registers.
    private const int TileRows = 6;
    private const int TileColumns = 16;
    private const int TileValues = TileRows * TileColumns;

    // Pixels that are processed for all taps while they are in the first-level cache.
    private const int BandPixels = 1024;

    // Pixels of a segment, which is summed separately so that threads can share the work; and the maximum number of segments.
    private const int SegmentPixels = 4096;
    private const int MaximumSegments = 16;

    /// <summary>Adds the sum over pixels p of coarse[p, m] · fine[source of p at the tap, n] to gradient[m, tap, n].</summary>
    /// <param name="coarse">The gradient of a convolution's result, or the input of a transposed convolution, with M channels.</param>
    /// <param name="fine">The input of a convolution, or the gradient of a transposed convolution's result, with N channels.</param>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="gradient">The gradient to add to, [M, taps, N].</param>
    public static void Add(ChannelsLastView coarse, ChannelsLastView fine, in Conv2dGeometry geometry, float* gradient)
    {
        if (fine.Channels < Vector256<float>.Count)
        {
            using ChannelsLastView wide = fine.Widen(Vector256<float>.Count);
            Add(new Job(coarse, wide, geometry, fine.Channels), gradient);
        }
        else
        {
            Add(new Job(coarse, fine, geometry, fine.Channels), gradient);
        }
    }

    private static void Add(Job job, float* gradient)
    {
        long pixels = job.Coarse.Pixels;
        int segments = (int)Math.Clamp(pixels / SegmentPixels, 1, MaximumSegments);
        int blocks = (job.Coarse.Channels + TileRows - 1) / TileRows;
        int part = job.Geometry.Taps * job.Tiles.Length * TileValues;
        long operations = pixels * job.Coarse.Channels * job.Geometry.Taps * job.Channels;
        float* sums = (float*)NativeMemory.AlignedAlloc((nuint)(segments * (long)blocks * part * sizeof(float)), 64);
        try
        {
            CpuParallel.For(segments * blocks, operations, i => Sum(job, i / blocks, segments, i % blocks, sums + (i * (long)part)));
            CpuParallel.For(blocks, segments * (long)blocks * part, block => Gather(job, block, segments, blocks, sums, gradient));
        }
        finally
        {
            NativeMemory.AlignedFree(sums);
        }
    }

    // The sums of a block over a segment, [tiles, taps, 6, 16].
    private static void Sum(Job job, int segment, int segments, int block, float* sums)
    {
        new Span<float>(sums, job.Geometry.Taps * job.Tiles.Length * TileValues).Clear();
        int columns = job.Coarse.Width;
        int bandRows = Math.Clamp(BandPixels / columns, 1, job.Coarse.Height);
        int bands = (job.Coarse.Height + bandRows - 1) / bandRows;
        long all = job.Coarse.Images * (long)bands;
        float* packed = (float*)NativeMemory.AlignedAlloc((nuint)(bandRows * (long)columns * TileRows * sizeof(float)), 64);
        for (long band = all * segment / segments; band < all * (segment + 1) / segments; band++)
        {
            int first = (int)(band % bands) * bandRows;
            int end = Math.Min(job.Coarse.Height, first + bandRows);
            long image = band / bands;
            float* from = job.Coarse.Start + (((image * job.Coarse.Height) + first) * columns * job.Coarse.Stride);
            Pack(from, job.Coarse.Stride, (end - first) * columns, block * TileRows, job.Coarse.Channels, packed);
            float* to = sums;
            foreach ((int column, bool isWide, _) in job.Tiles)
            {
                for (int tap = 0; tap < job.Geometry.Taps; tap++, to += TileValues)
                {
                    SumBand(job, image, first, end, tap, column, isWide, packed, to);
                }
            }
        }

        NativeMemory.AlignedFree(packed);
    }

    private static void SumBand(Job job, long image, int first, int end, int tap, int column, bool isWide, float* packed, float* sums)
    {
        (int stride, int moveRow, int moveColumn) = (job.Geometry.Stride, job.Geometry.Row(tap), job.Geometry.Column(tap));
        (int top, int bottom) = Inside(first, end, stride, moveRow, job.Fine.Height);
        (int left, int right) = Inside(0, job.Coarse.Width, stride, moveColumn, job.Fine.Width);
        if (top >= bottom || left >= right)
        {
            return;
        }

        nint row = job.Fine.Width * (nint)job.Fine.Stride;
        float* a = packed + (((((top - first) * (long)job.Coarse.Width) + left)) * TileRows);
        float* b = job.Fine.Start + (((image * job.Fine.Height) + (top * stride) + moveRow) * row) + (((left * stride) + moveColumn) * (long)job.Fine.Stride) + column;
        if (isWide)
        {
            Sum16(a, job.Coarse.Width * TileRows, b, row * stride, job.Fine.Stride * stride, bottom - top, right - left, sums);
        }
        else
        {
            Sum8(a, job.Coarse.Width * TileRows, b, row * stride, job.Fine.Stride * stride, bottom - top, right - left, sums);
        }
    }

    // The part of first to end whose source is within the image.
    private static (int First, int End) Inside(int first, int end, int stride, int move, int limit) =>
        (Math.Max(first, (stride - 1 - move) / stride), Math.Min(end, (limit - move + stride - 1) / stride));

    // Groups of six channels of each pixel, with zeros beyond the last channel.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(float* from, int stride, int pixels, int channel, int channels, float* to)
    {
        from += channel;
        if (channels - channel >= TileRows)
        {
            for (int i = 0; i < pixels; i++, from += stride, to += TileRows)
            {
                Vector128.Store(Vector128.Load(from), to);
                *(long*)(to + 4) = *(long*)(from + 4);
            }

            return;
        }

        for (int i = 0; i < pixels; i++, from += stride, to += TileRows)
        {
            for (int k = 0; k < TileRows; k++)
            {
                to[k] = channel + k < channels ? from[k] : 0;
            }
        }
    }

    // Sums the segments, always in the same order.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(Job job, int block, int segments, int blocks, float* sums, float* gradient)
    {
        int part = job.Geometry.Taps * job.Tiles.Length * TileValues;
        int rows = Math.Min(TileRows, job.Coarse.Channels - (block * TileRows));
        int at = 0;
        foreach ((int column, bool isWide, int skipped) in job.Tiles)
        {
            int end = Math.Min(isWide ? TileColumns : TileColumns / 2, job.Channels - column);
            for (int tap = 0; tap < job.Geometry.Taps; tap++, at += TileValues)
            {
                for (int m = 0; m < rows; m++)
                {
                    float* to = gradient + (((((block * TileRows) + m) * (long)job.Geometry.Taps) + tap) * job.Channels) + column;
                    for (int n = skipped; n < end; n++)
                    {
                        float sum = 0;
                        for (int segment = 0; segment < segments; segment++)
                        {
                            sum += sums[(((segment * (long)blocks) + block) * part) + at + (m * TileColumns) + n];
                        }

                        to[n] += sum;
                    }
                }
            }
        }
    }

    // sums[6, 16] += the sum over pixels of a[pixel, 6] b[pixel, 16]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum16(float* a, nint rowA, float* b, nint rowB, int strideB, int rows, int columns, float* sums)
    {
        (Vector256<float> s00, Vector256<float> s01) = (Vector256.Load(sums), Vector256.Load(sums + 8));
        (Vector256<float> s10, Vector256<float> s11) = (Vector256.Load(sums + 16), Vector256.Load(sums + 24));
        (Vector256<float> s20, Vector256<float> s21) = (Vector256.Load(sums + 32), Vector256.Load(sums + 40));
        (Vector256<float> s30, Vector256<float> s31) = (Vector256.Load(sums + 48), Vector256.Load(sums + 56));
        (Vector256<float> s40, Vector256<float> s41) = (Vector256.Load(sums + 64), Vector256.Load(sums + 72));
        (Vector256<float> s50, Vector256<float> s51) = (Vector256.Load(sums + 80), Vector256.Load(sums + 88));
        for (int row = 0; row < rows; row++, a += rowA, b += rowB)
        {
            float* left = a;
            float* right = b;
            for (int column = 0; column < columns; column++, left += TileRows, right += strideB)
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
                x = Vector256.Create(left[5]);
                (s50, s51) = (Fma.MultiplyAdd(x, b0, s50), Fma.MultiplyAdd(x, b1, s51));
            }
        }

        s00.Store(sums);
        s01.Store(sums + 8);
        s10.Store(sums + 16);
        s11.Store(sums + 24);
        s20.Store(sums + 32);
        s21.Store(sums + 40);
        s30.Store(sums + 48);
        s31.Store(sums + 56);
        s40.Store(sums + 64);
        s41.Store(sums + 72);
        s50.Store(sums + 80);
        s51.Store(sums + 88);
    }

    // The same for b[pixel, 8]: the last eight of each sixteen sums do not change.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum8(float* a, nint rowA, float* b, nint rowB, int strideB, int rows, int columns, float* sums)
    {
        (Vector256<float> s0, Vector256<float> s1, Vector256<float> s2) = (Vector256.Load(sums), Vector256.Load(sums + 16), Vector256.Load(sums + 32));
        (Vector256<float> s3, Vector256<float> s4, Vector256<float> s5) = (Vector256.Load(sums + 48), Vector256.Load(sums + 64), Vector256.Load(sums + 80));
        for (int row = 0; row < rows; row++, a += rowA, b += rowB)
        {
            float* left = a;
            float* right = b;
            for (int column = 0; column < columns; column++, left += TileRows, right += strideB)
            {
                var x = Vector256.Load(right);
                s0 = Fma.MultiplyAdd(Vector256.Create(left[0]), x, s0);
                s1 = Fma.MultiplyAdd(Vector256.Create(left[1]), x, s1);
                s2 = Fma.MultiplyAdd(Vector256.Create(left[2]), x, s2);
                s3 = Fma.MultiplyAdd(Vector256.Create(left[3]), x, s3);
                s4 = Fma.MultiplyAdd(Vector256.Create(left[4]), x, s4);
                s5 = Fma.MultiplyAdd(Vector256.Create(left[5]), x, s5);
            }
        }

        s0.Store(sums);
        s1.Store(sums + 16);
        s2.Store(sums + 32);
        s3.Store(sums + 48);
        s4.Store(sums + 64);
        s5.Store(sums + 80);
    }

    private sealed class Job(ChannelsLastView coarse, ChannelsLastView fine, Conv2dGeometry geometry, int channels)
    {
        public ChannelsLastView Coarse { get; } = coarse;

        public ChannelsLastView Fine { get; } = fine;

        public Conv2dGeometry Geometry { get; } = geometry;

        // The channels of the fine image, without padding.
        public int Channels { get; } = channels;

        // The first column of each tile, whether it has sixteen or eight columns, and how many of them overlap an earlier tile.
        public (int Column, bool IsWide, int Skipped)[] Tiles { get; } = Split(fine.Channels);

        private static (int Column, bool IsWide, int Skipped)[] Split(int channels)
        {
            var tiles = new List<(int, bool, int)>();
            int at = 0;
            while (at < channels)
            {
                int left = channels - at;
                bool isWide = left >= TileColumns || (left > TileColumns / 2 && channels >= TileColumns);
                int width = isWide ? TileColumns : TileColumns / 2;
                int start = Math.Min(at, channels - width);
                tiles.Add((start, isWide, at - start));
                at = start + width;
            }

            return [.. tiles];
        }
    }
}
