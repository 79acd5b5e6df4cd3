using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Convolutions of channels-last images, for CPUs with AVX2 and FMA. Tiles of six pixels and sixteen outputs are summed in registers; taps
/// outside the image read zeros. The result does not depend on the number of threads.
/// </summary>
internal static unsafe class Avx2Conv2d
{
    /// <summary>The pixels of a tile, which are computed at once.</summary>
    public const int TilePixels = 6;

    /// <summary>The maximum number of taps.</summary>
    public const int MaximumTaps = 9;

    // Tiles whose source addresses are computed together, for all outputs.
    private const int ChunkTiles = 16;
    private const int Width = PackedWeights.Width;

    // Values of the images that are copied at once as float32: 8 MiB, which stay in a cache.
    private const long CopyValues = 1 << 21;

    /// <summary>Convolves, from the fine image to the coarse one.</summary>
    /// <param name="fine">The image, with N channels.</param>
    /// <param name="weights">The weights, [M, taps, N].</param>
    /// <param name="bias">The bias, [M]; null for none.</param>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="coarse">Receives the values, with M channels, dense.</param>
    /// <param name="activation">The activation that follows; null for none.</param>
    /// <param name="kept">The weights that are kept; null where training changes them.</param>
    public static void Forward(ChannelsLastView fine, float* weights, float* bias, in Conv2dGeometry geometry, ChannelsLastView coarse, PReluEpilogue? activation = null, KeptWeights? kept = null)
    {
        using PackedWeights? packed = kept is null ? PackedWeights.Forward(weights, coarse.Channels, geometry.Taps, fine.Channels) : null;
        PackedWeights panels = packed ?? kept!.Forward(weights, coarse.Channels, geometry.Taps, fine.Channels);
        var output = new Conv2dOutput(coarse, bias, activation);
        var job = new DirectConvolution(fine, panels, output, geometry.Taps) { Rows = coarse.Height, Columns = coarse.Width, Step = geometry.Stride, Spread = 1 };
        for (int tap = 0; tap < geometry.Taps; tap++)
        {
            job.TapRows[tap] = geometry.Row(tap);
            job.TapColumns[tap] = geometry.Column(tap);
        }

        Run([job]);
    }

    /// <summary>Convolves from the coarse image to the fine one: a transposed convolution, or the gradient of a convolution's input.</summary>
    /// <param name="coarse">The image, with M channels.</param>
    /// <param name="weights">The weights, [M, taps, N].</param>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="fine">Receives the values, with N channels.</param>
    /// <param name="kept">The weights that are kept; null where training changes them.</param>
    public static void Transposed(ChannelsLastView coarse, float* weights, in Conv2dGeometry geometry, Conv2dOutput fine, KeptWeights? kept = null)
    {
        IGrouping<(int Row, int Column), int>[] phases = [.. Enumerable.Range(0, geometry.Taps).GroupBy(geometry.Phase)];
        int[] order = [.. phases.SelectMany(taps => taps)];
        using PackedWeights? packed = kept is null ? PackedWeights.Transposed(weights, coarse.Channels, order, fine.Channels) : null;
        PackedWeights panels = packed ?? kept!.Transposed(weights, coarse.Channels, order, fine.Channels);
        (int height, int width) = (fine.Image.Height, fine.Image.Width);
        int firstTap = 0;
        var jobs = new List<DirectConvolution>();
        foreach (IGrouping<(int Row, int Column), int> phase in phases)
        {
            (int[] taps, (int row, int column)) = ([.. phase], phase.Key);
            DirectConvolution job = new(coarse, panels, fine, taps.Length)
            {
                Rows = (height - row + geometry.Stride - 1) / geometry.Stride,
                Columns = (width - column + geometry.Stride - 1) / geometry.Stride,
                Step = 1,
                Spread = geometry.Stride,
                SpreadRow = row,
                SpreadColumn = column,
                FirstTap = firstTap,
            };
            for (int i = 0; i < taps.Length; i++)
            {
                job.TapRows[i] = (row - geometry.Row(taps[i])) / geometry.Stride;
                job.TapColumns[i] = (column - geometry.Column(taps[i])) / geometry.Stride;
            }

            jobs.Add(job);
            firstTap += taps.Length;
        }

        // Phases of the same size read the same pixels, so they are computed together while the pixels are in the cache.
        foreach (IGrouping<(int, int), DirectConvolution> same in jobs.GroupBy(job => (job.Rows, job.Columns)))
        {
            Run([.. same]);
        }
    }

    // Jobs of as many pixels, from the same image.
    private static void Run(DirectConvolution[] jobs)
    {
        ChannelsLastView from = jobs[0].From;
        if (!from.IsNarrow)
        {
            using PaddedImage? padded = PaddedImage.CopyIfManyAreOutside(jobs);
            Run(jobs, padded?.Source ?? new PixelSource(from), 0, from.Images);
            return;
        }

        int some = (int)Math.Clamp(CopyValues * from.Images / (from.Pixels * from.Channels), 1, from.Images);
        for (int first = 0; first < from.Images; first += some)
        {
            int count = Math.Min(some, from.Images - first);
            using PaddedImage copy = PaddedImage.Copy(jobs, first, count);
            Run(jobs, copy.Source, first, count);
        }
    }

    private static void Run(DirectConvolution[] jobs, in PixelSource source, int firstImage, int images)
    {
        DirectConvolution one = jobs[0];
        long begin = firstImage * (long)one.Rows * one.Columns;
        long pixels = images * (long)one.Rows * one.Columns;
        long tiles = (pixels + TilePixels - 1) / TilePixels;

        // Small images are split into smaller pieces, of whole pairs of tiles. The result is the same.
        int size = (int)Math.Clamp((tiles / (4 * CpuParallel.Threads)) & ~1, 2, ChunkTiles);
        using ScratchMemory zeros = ScratchMemory.Rent(one.From.Channels);
        new Span<float>(zeros.Start, one.From.Channels).Clear();
        nint* moves = stackalloc nint[jobs.Sum(job => job.Taps)];
        foreach (DirectConvolution job in jobs)
        {
            job.Prepare(source, zeros.Start, moves);
            moves += job.Taps;
        }

        CpuParallel.For(
            (int)((tiles + size - 1) / size),
            pixels * jobs.Sum(job => job.Taps) * one.From.Channels * one.Panels.Outputs,
            chunk =>
            {
                foreach (DirectConvolution job in jobs)
                {
                    Chunk(job, begin + (chunk * (long)size * TilePixels), begin + Math.Min(pixels, (chunk + 1L) * size * TilePixels));
                }
            });
    }

    [SkipLocalsInit]
    private static void Chunk(DirectConvolution job, long first, long end)
    {
        float** sources = stackalloc float*[ChunkTiles * TileSources.Length];
        bool* areInside = stackalloc bool[ChunkTiles + 1];
        long* targets = stackalloc long[ChunkTiles * TilePixels];
        float* sums = stackalloc float[2 * TilePixels * Width];
        nint* noMoves = stackalloc nint[MaximumTaps];
        new Span<nint>(noMoves, MaximumTaps).Clear();
        TapPlacement.Place(job, first, end, sources, areInside, targets);
        int count = (int)(end - first);
        nint panel = job.Panels.Taps * (nint)job.From.Channels * Width;
        int blocks;
        for (int block = 0; block < job.Panels.Blocks; block += blocks)
        {
            float* weights = job.Panels.Block(block) + (job.FirstTap * (long)job.From.Channels * Width);
            int outputs = job.Panels.Outputs - (block * Width);
            blocks = Avx512Lanes.IsSupported && outputs > Width + (Width / 2) ? 2 : 1;
            bool isOneVector = blocks == 1 && (Avx512Lanes.IsSupported || outputs <= Width / 2);
            int tiles;
            for (int tile = 0; tile * TilePixels < count; tile += tiles)
            {
                int left = count - (tile * TilePixels);
                bool isInside = areInside[tile];
                TileSources source = new(sources + (tile * TileSources.Length), isInside ? 0 : TilePixels, isInside ? job.TapMoves : noMoves);
                tiles = isOneVector && left > TilePixels && areInside[tile + 1] == isInside ? 2 : 1;
                if (blocks == 2)
                {
                    DirectTile<Avx512Lanes, Vector512<float>>.SumTaps(source, weights, panel, job.Taps, job.From.Channels, sums, sums + (TilePixels * Width));
                }
                else if (tiles == 2)
                {
                    SumTapsTwice(source, weights, job.Taps, job.From.Channels, outputs, sums);
                }
                else
                {
                    SumTaps(source, weights, job.Taps, job.From.Channels, outputs, sums);
                }

                for (int i = 0; i < blocks; i++)
                {
                    job.Output.Write(sums + (i * TilePixels * Width), (block + i) * Width, targets + (tile * TilePixels), Math.Min(tiles * TilePixels, left));
                }
            }
        }
    }

    private static void SumTapsTwice(in TileSources sources, float* weights, int taps, int channels, int outputs, float* sums)
    {
        if (outputs <= Width / 2)
        {
            DirectTile<Avx2Lanes, Vector256<float>>.SumTapsTwice(sources, weights, taps, channels, sums);
        }
        else
        {
            DirectTile<Avx512Lanes, Vector512<float>>.SumTapsTwice(sources, weights, taps, channels, sums);
        }
    }

    private static void SumTaps(in TileSources sources, float* weights, int taps, int channels, int outputs, float* sums)
    {
        if (outputs <= Width / 2)
        {
            DirectTile<Avx2Lanes, Vector256<float>>.SumTaps(sources, weights, taps, channels, sums);
        }
        else if (Avx512Lanes.IsSupported)
        {
            DirectTile<Avx512Lanes, Vector512<float>>.SumTaps(sources, weights, taps, channels, sums);
        }
        else
        {
            DirectTile<Avx2Lanes, Vector256<float>>.SumTaps(sources, weights, Width / 2, taps, channels, sums, sums + (Width / 2));
        }
    }
}
