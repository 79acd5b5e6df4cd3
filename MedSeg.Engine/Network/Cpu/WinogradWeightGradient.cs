using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The gradient of the weights of 3 × 3 convolutions by Winograd's minimal filtering (Lavin &amp; Gray 2016), for CPUs with AVX2 and FMA. It is
/// <see cref="WinogradConv2d"/> turned round: dU is the sum over tiles of (A e Aᵀ) ⊙ (Bᵀ d B), and the gradient is Gᵀ dU G. The result does
/// not depend on the number of threads.
/// </summary>
internal static unsafe class WinogradWeightGradient
{
    private const int Lanes = WinogradTiles.Lanes;
    private const int Vector = 8;
    private const int Taps = 9;
    private const int PairValues = Lanes * Lanes;

    // Tiles of a block, below that many channels of both images together and from there on; measured.
    private const int NarrowChannels = 128;
    private const int NarrowTiles = 48;
    private const int WideTiles = 64;

    // Segments of the tiles are summed separately: threads share them, and sums over many tiles are more accurate. Many channels have few.
    private const int MaximumSegments = 8;
    private const long SegmentValues = 3 << 19;

    /// <summary>Adds the gradient of the weights.</summary>
    /// <param name="coarse">The gradient of the convolution's result, with M channels.</param>
    /// <param name="fine">The input of the convolution, with N channels.</param>
    /// <param name="dilation">The dilation, which is the padding, too.</param>
    /// <param name="gradient">The gradient to add to, [M, 9, N].</param>
    public static void Add(ChannelsLastView coarse, ChannelsLastView fine, int dilation, float* gradient)
    {
        var job = new Job(coarse, fine, new WinogradTiles(coarse, dilation));
        using ScratchMemory memory = ScratchMemory.Rent(job.Segments * job.SegmentStep);
        float* sums = memory.Start;

        // With more threads than segments, each thread takes some of the coarse image's channels only. The sums are the same.
        int parts = Math.Clamp(CpuParallel.Threads / job.Segments, 1, job.Outer);
        long operations = WinogradSize.Points * (long)job.Tiles.Count * coarse.Channels * fine.Channels;
        CpuParallel.For(job.Segments * parts, operations, i => Sum(job, i / parts, (job.Outer * (i % parts) / parts)..(job.Outer * (i % parts + 1) / parts), sums));
        CpuParallel.For(job.Outer, job.Segments * job.SegmentStep, outer => Gather(job, outer, sums, gradient));
    }

    // The sums over the tiles of a segment, [points, outer, inner, 16, 16].
    private static void Sum(Job job, int segment, Range outer, float* sums)
    {
        (int begin, int end) = (outer.Start.Value, outer.End.Value);
        sums += segment * job.SegmentStep;
        for (int p = 0; p < WinogradSize.Points; p++)
        {
            new Span<float>(sums + (p * job.PointStep) + (begin * (long)job.Inner * PairValues), (end - begin) * job.Inner * PairValues).Clear();
        }

        int size = job.BlockTiles;
        nint pointE = (nint)WinogradTiles.PointStep((end - begin) * Lanes, size);
        nint pointV = (nint)WinogradTiles.PointStep(job.Fine.Channels, size);
        using ScratchMemory scratch = ScratchMemory.Rent(WinogradSize.Points * (long)(pointE + pointV));
        float* e = scratch.Start;
        float* v = e + (WinogradSize.Points * pointE);
        for (int block = (int)((long)job.Blocks * segment / job.Segments); block < (long)job.Blocks * (segment + 1) / job.Segments; block++)
        {
            int first = block * size;
            int count = Math.Min(size, job.Tiles.Count - first);
            job.Tiles.Transform(job.Fine, isGradient: false, first, count, ..job.Inner, v, size, pointV);
            job.Tiles.Transform(job.Coarse, isGradient: true, first, count, outer, e, size, pointE);
            for (int p = 0; p < WinogradSize.Points; p++)
            {
                Multiply(job, outer, e + (p * pointE), v + (p * pointV), count, sums + (p * job.PointStep));
            }
        }
    }

    private static void Multiply(Job job, Range outer, float* e, float* v, int count, float* sums)
    {
        int block = job.BlockTiles * Lanes;
        for (int i = outer.Start.Value; i < outer.End.Value; i++, e += block)
        {
            int inner;
            for (int j = 0; j < job.Inner; j += inner)
            {
                float* to = sums + (((i * (long)job.Inner) + j) * PairValues);
                int rows = job.Coarse.Channels - (i * Lanes);
                int columns = job.Fine.Channels - (j * Lanes);
                inner = Avx512Lanes.IsSupported && rows > Vector && columns > Lanes + Vector ? 2 : 1;
                if (inner == 2)
                {
                    Avx512WinogradTile.Add8x32(e, v + (j * block), block, count, to);
                    Avx512WinogradTile.Add8x32(e + Vector, v + (j * block), block, count, to + (Vector * Lanes));
                }
                else if (rows > Vector && columns > Vector)
                {
                    AddPair(e, v + (j * block), count, to);
                }
                else
                {
                    AddHalves(e, Math.Min(rows, Lanes), v + (j * block), Math.Min(columns, Lanes), count, to);
                }
            }
        }
    }

    private static void AddPair(float* left, float* right, int count, float* sums)
    {
        if (Avx512Lanes.IsSupported)
        {
            Avx512WinogradTile.Add16x16(left, right, count, sums);
            return;
        }

        var walk = new PixelWalk(right, Lanes);
        DirectTile<Avx2Lanes, Vector256<float>>.AddPixelsOfSix(new PixelWalk(left, Lanes), walk, Vector, rows: 1, count, sums, sums + Vector);
        Avx2WinogradTile.Add5x16(new PixelWalk(left + 6, Lanes), walk, count, sums + (6 * Lanes));
        Avx2WinogradTile.Add5x16(new PixelWalk(left + 11, Lanes), walk, count, sums + (11 * Lanes));
    }

    // The halves that have channels: the others were not transformed.
    private static void AddHalves(float* left, int rows, float* right, int columns, int count, float* sums)
    {
        for (int row = 0; row < rows; row += Vector)
        {
            for (int column = 0; column < columns; column += Vector)
            {
                Avx2WinogradTile.Add8x8(new PixelWalk(left + row, Lanes), new PixelWalk(right + column, Lanes), count, sums + (row * Lanes) + column);
            }
        }
    }

    // Adds up the segments, always in the same order, and transforms them back.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Gather(Job job, int outer, float* sums, float* gradient)
    {
        float* points = stackalloc float[WinogradSize.Points * Vector];
        float* between = stackalloc float[WinogradSize.Points * Vector];
        float* taps = stackalloc float[Taps * Vector];
        (int outputs, int inputs) = (job.Coarse.Channels, job.Fine.Channels);
        for (int row = 0; row < Math.Min(Lanes, outputs - (outer * Lanes)); row++)
        {
            float* to = gradient + (((outer * Lanes) + row) * (long)Taps * inputs);
            for (int first = 0; first < inputs; first += Vector)
            {
                (int inner, int half) = Math.DivRem(first, Lanes);
                float* from = sums + ((((outer * (long)job.Inner) + inner) * PairValues) + (row * Lanes) + half);
                for (int p = 0; p < WinogradSize.Points; p++, from += job.PointStep)
                {
                    var sum = Vector256.Load(from);
                    for (int segment = 1; segment < job.Segments; segment++)
                    {
                        sum += Vector256.Load(from + (segment * job.SegmentStep));
                    }

                    sum.Store(points + (p * Vector));
                }

                WinogradTransform<Avx2Lanes, Vector256<float>>.TransformWeightGradient(points, taps, between);
                AddTaps(taps, Math.Min(Vector, inputs - first), to + first, inputs);
            }
        }
    }

    private static void AddTaps(float* taps, int count, float* to, int step)
    {
        for (int tap = 0; tap < Taps; tap++, taps += Vector, to += step)
        {
            if (count == Vector)
            {
                (Vector256.Load(to) + Vector256.Load(taps)).Store(to);
                continue;
            }

            for (int c = 0; c < count; c++)
            {
                to[c] += taps[c];
            }
        }
    }

    private sealed class Job
    {
        public Job(ChannelsLastView coarse, ChannelsLastView fine, WinogradTiles tiles)
        {
            (Coarse, Fine, Tiles) = (coarse, fine, tiles);
            PointStep = (nint)((Outer * (long)Inner * PairValues) + Lanes);
            SegmentStep = WinogradSize.Points * (long)PointStep;
            int most = coarse.Channels + fine.Channels < NarrowChannels ? NarrowTiles : WideTiles;
            Segments = (int)Math.Clamp(Math.Min((tiles.Count + most - 1) / most, SegmentValues / SegmentStep), 1, MaximumSegments);
            int blocks = (tiles.Count + most - 1) / most;
            blocks = (blocks + Segments - 1) / Segments * Segments;
            BlockTiles = (tiles.Count + blocks - 1) / blocks;
            Blocks = (tiles.Count + BlockTiles - 1) / BlockTiles;
        }

        public ChannelsLastView Coarse { get; }

        public ChannelsLastView Fine { get; }

        public WinogradTiles Tiles { get; }

        // Blocks of 16 channels of the coarse and of the fine image.
        public int Outer => WinogradTiles.Blocks(Coarse.Channels);

        public int Inner => WinogradTiles.Blocks(Fine.Channels);

        public int Segments { get; }

        // Blocks of tiles, and the tiles of each.
        public int Blocks { get; }

        public int BlockTiles { get; }

        // The distance between points, an odd number of cache lines as in WinogradTiles, and between segments, in values.
        public nint PointStep { get; }

        public long SegmentStep { get; }
    }
}
