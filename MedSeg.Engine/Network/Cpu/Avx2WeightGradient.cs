using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The gradient of a convolution's weights for channels-last images, for CPUs with AVX2 and FMA as <see cref="Avx2Conv2d"/>. The result does
/// not depend on the number of threads.
/// </summary>
internal static unsafe class Avx2WeightGradient
{
    // Channels of the fine image whose products are summed at once, in registers.
    private const int TileColumns = 16;

    // Pixels that are processed for all channels and taps while they are in the second-level cache.
    private const int BandPixels = 256;

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
            using ChannelsLastView padded = fine.Pad(Vector256<float>.Count);
            Add(new Job(coarse, padded, geometry, fine.Channels), gradient);
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
        int blocks = (job.Coarse.Channels + job.Rows - 1) / job.Rows;
        int part = job.Geometry.Taps * job.Tiles.Length * job.TileValues;
        long operations = pixels * job.Coarse.Channels * job.Geometry.Taps * job.Channels;
        float* sums = (float*)NativeMemory.AlignedAlloc((nuint)(segments * (long)blocks * part * sizeof(float)), 64);
        try
        {
            // With few segments, each thread takes some of the coarse image's channels only. The sums are the same.
            int groups = Math.Clamp(2 * CpuParallel.Threads / segments, 1, blocks);
            CpuParallel.For(segments * groups, operations, i => Sum(job, i / groups, segments, (blocks * (i % groups) / groups)..(blocks * ((i % groups) + 1) / groups), sums + (i / groups * (long)blocks * part)));
            CpuParallel.For(blocks, segments * (long)blocks * part, block => Gather(job, block, segments, blocks, sums, gradient));
        }
        finally
        {
            NativeMemory.AlignedFree(sums);
        }
    }

    // The sums of some blocks over a segment, [blocks, tiles, taps, rows, 16].
    private static void Sum(Job job, int segment, int segments, Range blocks, float* sums)
    {
        (int firstBlock, int endBlock) = (blocks.Start.Value, blocks.End.Value);
        int part = job.Geometry.Taps * job.Tiles.Length * job.TileValues;
        sums += firstBlock * (long)part;
        new Span<float>(sums, (endBlock - firstBlock) * part).Clear();
        int columns = job.Coarse.Width;
        int bandRows = Math.Clamp(BandPixels / columns, 1, job.Coarse.Height);
        int bands = (job.Coarse.Height + bandRows - 1) / bandRows;
        long all = job.Coarse.Images * (long)bands;
        long packedBlock = bandRows * (long)columns * job.Rows;
        using ScratchMemory memory = ScratchMemory.Rent((endBlock - firstBlock) * packedBlock);
        using ScratchMemory? copy = job.Fine.IsNarrow ? ScratchMemory.Rent(job.FineRows(bandRows) * (long)job.Fine.Width * job.Fine.Channels) : null;
        for (long band = all * segment / segments; band < all * (segment + 1) / segments; band++)
        {
            int first = (int)(band % bands) * bandRows;
            int end = Math.Min(job.Coarse.Height, first + bandRows);
            long image = band / bands;
            PixelSource fine = copy is null ? new PixelSource(job.Fine) : job.CopyFine(image, first, end, copy.Start);
            for (int block = firstBlock; block < endBlock; block++)
            {
                Pack(job, ((image * job.Coarse.Height) + first) * columns, (end - first) * columns, block, memory.Start + ((block - firstBlock) * packedBlock));
            }

            float* tileSums = sums;
            int tiles;
            for (int tile = 0; tile < job.Tiles.Length; tile += tiles, tileSums += tiles * (long)job.Geometry.Taps * job.TileValues)
            {
                tiles = job.AreTogether(tile) ? 2 : 1;
                for (int tap = 0; tap < job.Geometry.Taps; tap++)
                {
                    for (int block = 0; block < endBlock - firstBlock; block++)
                    {
                        SumBand(job, fine, image, first, end, tap, tile, tiles, memory.Start + (block * packedBlock), tileSums + (block * (long)part) + (tap * job.TileValues));
                    }
                }
            }
        }
    }

    private static void SumBand(Job job, in PixelSource fine, long image, int first, int last, int tap, int tile, int tiles, float* packed, float* sums)
    {
        (int column, bool isWide, _) = job.Tiles[tile];
        (int stride, int moveRow, int moveColumn) = (job.Geometry.Stride, job.Geometry.Row(tap), job.Geometry.Column(tap));
        (int top, int bottom) = Inside(first, last, stride, moveRow, job.Fine.Height);
        (int begin, int end) = Inside(0, job.Coarse.Width, stride, moveColumn, job.Fine.Width);
        if (top >= bottom || begin >= end)
        {
            return;
        }

        nint row = fine.Width * (nint)fine.Stride;
        float* a = packed + (((((top - first) * (long)job.Coarse.Width) + begin)) * job.Rows);
        float* b = fine.At(image, (top * stride) + moveRow, (begin * stride) + moveColumn) + column;
        var left = new PixelWalk(a, job.Rows, job.Coarse.Width * job.Rows);
        var right = new PixelWalk(b, fine.Stride * stride, row * stride);
        if (tiles == 2)
        {
            DirectTile<Avx512Lanes, Vector512<float>>.AddPixels(left, right, job.Tiles[tile + 1].Column - column, bottom - top, end - begin, sums, sums + (job.Geometry.Taps * job.TileValues));
        }
        else if (isWide && Avx512Lanes.IsSupported)
        {
            DirectTile<Avx512Lanes, Vector512<float>>.AddPixels(left, right, bottom - top, end - begin, sums);
        }
        else if (isWide)
        {
            DirectTile<Avx2Lanes, Vector256<float>>.AddPixelsOfSix(left, right, TileColumns / 2, bottom - top, end - begin, sums, sums + (TileColumns / 2));
        }
        else
        {
            DirectTile<Avx2Lanes, Vector256<float>>.AddPixels(left, right, bottom - top, end - begin, sums);
        }
    }

    // The part of first to end whose source is within the image.
    private static (int First, int End) Inside(int first, int end, int stride, int move, int limit) =>
        (Math.Max(first, (stride - 1 - move) / stride), Math.Min(end, (limit - move + stride - 1) / stride));

    // The channels of a block, of each pixel, with zeros beyond the last channel.
    private static void Pack(Job job, long first, int pixels, int block, float* to)
    {
        if (job.Coarse.IsNarrow)
        {
            Pack<BFloat16Format>(job, first, pixels, block, to);
        }
        else
        {
            Pack<Float32Format>(job, first, pixels, block, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<TFormat>(Job job, long first, int pixels, int block, float* to)
        where TFormat : struct, IImageFormat
    {
        (int rows, int stride) = (job.Rows, job.Coarse.Stride * TFormat.Size);
        var some = new PixelVectors(Math.Min(rows, job.Coarse.Channels - (block * rows)));
        var all = new PixelVectors(rows);
        byte* from = job.Coarse.Bytes + (first * stride) + (block * rows * TFormat.Size);
        for (int i = 0; i < pixels; i++, from += stride, to += rows)
        {
            all.Store(some.Load<TFormat>(from, 0), to, 0);
        }
    }

    // Sums the segments, always in the same order.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(Job job, int block, int segments, int blocks, float* sums, float* gradient)
    {
        int part = job.Geometry.Taps * job.Tiles.Length * job.TileValues;
        int rows = Math.Min(job.Rows, job.Coarse.Channels - (block * job.Rows));
        long segmentStep = blocks * (long)part;
        float* from = sums + (block * (long)part);
        float* row = stackalloc float[TileColumns];
        foreach ((int column, bool isWide, int skipped) in job.Tiles)
        {
            int end = Math.Min(isWide ? TileColumns : TileColumns / 2, job.Channels - column);
            for (int tap = 0; tap < job.Geometry.Taps; tap++, from += job.TileValues)
            {
                for (int m = 0; m < rows; m++)
                {
                    AddUp(from + (m * TileColumns), segmentStep, segments, row);
                    float* to = gradient + (((((block * job.Rows) + m) * (long)job.Geometry.Taps) + tap) * job.Channels) + column;
                    for (int n = skipped; n < end; n++)
                    {
                        to[n] += row[n];
                    }
                }
            }
        }
    }

    // A row of a tile. Of eight columns, the last eight values of the row are zeros.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddUp(float* from, long step, int segments, float* row)
    {
        (Vector256<float> low, Vector256<float> high) = (Vector256.Load(from), Vector256.Load(from + Vector256<float>.Count));
        for (int segment = 1; segment < segments; segment++)
        {
            from += step;
            low += Vector256.Load(from);
            high += Vector256.Load(from + Vector256<float>.Count);
        }

        low.Store(row);
        high.Store(row + Vector256<float>.Count);
    }

    private sealed class Job(ChannelsLastView coarse, ChannelsLastView fine, Conv2dGeometry geometry, int channels)
    {
        public ChannelsLastView Coarse { get; } = coarse;

        public ChannelsLastView Fine { get; } = fine;

        public Conv2dGeometry Geometry { get; } = geometry;

        // The channels of the fine image, without padding.
        public int Channels { get; } = channels;

        // The channels of the coarse image whose products are summed at once: with 16 registers, six for each two vectors of the fine image.
        public int Rows { get; } = IsSixRows(fine) ? 6 : 8;

        public int TileValues => Rows * TileColumns;

        // The first column of each tile, whether it has sixteen or eight columns, and how many of them overlap an earlier tile.
        public (int Column, bool IsWide, int Skipped)[] Tiles { get; } = Split(fine);

        // The maximum number of rows of the fine image that some rows of the coarse image read.
        public int FineRows(int rows) => Math.Min(Fine.Height, ((rows - 1) * Geometry.Stride) + ((Geometry.Side - 1) * Geometry.Dilation) + 1);

        // Copies the rows of the fine image that some rows of the coarse image read, as float32.
        public PixelSource CopyFine(long image, int first, int end, float* to)
        {
            int top = Math.Max(0, (first * Geometry.Stride) + Geometry.Row(0));
            int bottom = Math.Min(Fine.Height, ((end - 1) * Geometry.Stride) + Geometry.Row(Geometry.Taps - 1) + 1);
            if (top < bottom)
            {
                Fine.Read(((image * Fine.Height) + top) * Fine.Width, (bottom - top) * (long)Fine.Width, to);
            }

            long skipped = ((image * Fine.Height) + top) * Fine.Width * Fine.Channels;
            return new PixelSource(to - skipped, Fine.Height, Fine.Width, Fine.Channels, isPadded: false);
        }

        // Whether a tile and the next are summed at once.
        public bool AreTogether(int tile) => Avx512Lanes.IsSupported && tile + 1 < Tiles.Length && Tiles[tile].IsWide && Tiles[tile + 1].IsWide;

        private static bool IsSixRows(ChannelsLastView fine) => !Avx512Lanes.IsSupported && fine.Channels >= TileColumns;

        private static (int Column, bool IsWide, int Skipped)[] Split(ChannelsLastView fine)
        {
            int channels = fine.Channels;
            var tiles = new List<(int, bool, int)>();
            int at = 0;
            while (at < channels)
            {
                int left = channels - at;
                bool isWide = left >= TileColumns || (channels >= TileColumns && (left > TileColumns / 2 || IsSixRows(fine)));
                int width = isWide ? TileColumns : TileColumns / 2;
                int start = Math.Min(at, channels - width);
                tiles.Add((start, isWide, at - start));
                at = start + width;
            }

            return [.. tiles];
        }
    }
}
