using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    // Tiles whose source addresses are computed together, for all outputs.
    private const int ChunkTiles = 16;
    private const int MaximumTaps = 9;
    private const int Width = PackedWeights.Width;

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
        var job = new Job(fine, panels, output, geometry.Taps) { Rows = coarse.Height, Columns = coarse.Width, Step = geometry.Stride, Spread = 1 };
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
    /// <param name="bias">The bias, [N]; null for none.</param>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="fine">Receives the values, with N channels; there may be gaps between pixels.</param>
    /// <param name="activation">The activation that follows; null for none.</param>
    /// <param name="kept">The weights that are kept; null where training changes them.</param>
    public static void Transposed(ChannelsLastView coarse, float* weights, float* bias, in Conv2dGeometry geometry, ChannelsLastView fine, PReluEpilogue? activation = null, KeptWeights? kept = null)
    {
        IGrouping<(int Row, int Column), int>[] phases = [.. Enumerable.Range(0, geometry.Taps).GroupBy(geometry.Phase)];
        int[] order = [.. phases.SelectMany(taps => taps)];
        using PackedWeights? packed = kept is null ? PackedWeights.Transposed(weights, coarse.Channels, order, fine.Channels) : null;
        PackedWeights panels = packed ?? kept!.Transposed(weights, coarse.Channels, order, fine.Channels);
        var output = new Conv2dOutput(fine, bias, activation);
        int firstTap = 0;
        var jobs = new List<Job>();
        foreach (IGrouping<(int Row, int Column), int> phase in phases)
        {
            (int[] taps, (int row, int column)) = ([.. phase], phase.Key);
            Job job = new(coarse, panels, output, taps.Length)
            {
                Rows = (fine.Height - row + geometry.Stride - 1) / geometry.Stride,
                Columns = (fine.Width - column + geometry.Stride - 1) / geometry.Stride,
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
        foreach (IGrouping<(int, int), Job> same in jobs.GroupBy(job => (job.Rows, job.Columns)))
        {
            Run([.. same]);
        }
    }

    // Jobs of as many pixels, from the same image.
    private static void Run(Job[] jobs)
    {
        Job one = jobs[0];
        long pixels = one.From.Images * (long)one.Rows * one.Columns;
        long tiles = (pixels + TilePixels - 1) / TilePixels;

        // Small images are split into smaller pieces. The result is the same.
        int size = (int)Math.Clamp(tiles / (4 * CpuParallel.Threads), 1, ChunkTiles);
        float* zeros = (float*)NativeMemory.AllocZeroed((nuint)one.From.Channels, sizeof(float));
        foreach (Job job in jobs)
        {
            job.Prepare();
            job.Zeros = zeros;
        }

        try
        {
            CpuParallel.For(
                (int)((tiles + size - 1) / size),
                pixels * jobs.Sum(job => job.Taps) * one.From.Channels * one.Panels.Outputs,
                chunk =>
                {
                    foreach (Job job in jobs)
                    {
                        Chunk(job, chunk * (long)size * TilePixels, Math.Min(pixels, (chunk + 1L) * size * TilePixels));
                    }
                });
        }
        finally
        {
            NativeMemory.Free(zeros);
        }
    }

    private static void Chunk(Job job, long first, long end)
    {
        float** sources = stackalloc float*[ChunkTiles * MaximumTaps * TilePixels];
        long* targets = stackalloc long[ChunkTiles * TilePixels];
        float* sums = stackalloc float[2 * TilePixels * Width];
        Place(job, first, end, sources, targets);
        int count = (int)(end - first);
        nint panel = job.Panels.Taps * (nint)job.From.Channels * Width;
        int blocks;
        for (int block = 0; block < job.Panels.Blocks; block += blocks)
        {
            float* weights = job.Panels.Block(block) + (job.FirstTap * (long)job.From.Channels * Width);
            int outputs = job.Panels.Outputs - (block * Width);
            blocks = Avx512Lanes.IsSupported && outputs > Width + (Width / 2) ? 2 : 1;
            float** source = sources;
            for (int at = 0; at < count; at += TilePixels, source += job.Taps * TilePixels)
            {
                if (blocks == 2)
                {
                    DirectTile<Avx512Lanes, Vector512<float>>.SumTaps(source, weights, panel, job.Taps, job.From.Channels, sums, sums + (TilePixels * Width));
                }
                else
                {
                    SumTaps(source, weights, job.Taps, job.From.Channels, outputs, sums);
                }

                for (int i = 0; i < blocks; i++)
                {
                    job.Output.Write(sums + (i * TilePixels * Width), (block + i) * Width, targets + at, Math.Min(TilePixels, count - at));
                }
            }
        }
    }

    private static void SumTaps(float** sources, float* weights, int taps, int channels, int outputs, float* sums)
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

    // The source addresses, for each tile by tap and pixel, and the target pixels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Place(Job job, long first, long end, float** sources, long* targets)
    {
        ChannelsLastView to = job.Output.Image;
        int plane = job.Rows * job.Columns;
        long image = first / plane;
        int row = (int)(first % plane) / job.Columns;
        int column = (int)(first % plane) % job.Columns;
        for (long start = first; start < end; start += TilePixels, sources += job.Taps * TilePixels, targets += TilePixels)
        {
            if (start + TilePixels <= end && job.IsTileInside(row, column))
            {
                PlaceTile(job, image, row, column, sources, targets);
                column += TilePixels;
                if (column == job.Columns)
                {
                    column = 0;
                    (row, image) = row + 1 == job.Rows ? (0, image + 1) : (row + 1, image);
                }

                continue;
            }

            for (int i = 0; i < TilePixels; i++)
            {
                PlaceTaps(job, image, row * job.Step, column * job.Step, sources + i);
                targets[i] = (((image * to.Height) + (row * job.Spread) + job.SpreadRow) * to.Width) + (column * job.Spread) + job.SpreadColumn;

                // Beyond the end, the last pixel is computed again.
                if (start + i + 1 < end && ++column == job.Columns)
                {
                    column = 0;
                    if (++row == job.Rows)
                    {
                        (row, image) = (0, image + 1);
                    }
                }
            }
        }
    }

    // Six pixels of a row whose taps are all inside the image: their addresses have the same distance, so they are computed together.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PlaceTile(Job job, long image, int row, int column, float** sources, long* targets)
    {
        ChannelsLastView from = job.From;
        float* start = from.Start + ((((image * from.Height) + (row * job.Step)) * from.Width) + (column * job.Step)) * from.Stride;
        long step = job.Step * (long)from.Stride * sizeof(float);
        Vector256<long> four = Vector256.Create((long)start) + Vector256.Create(0, step, 2 * step, 3 * step);
        Vector128<long> two = Vector128.Create((long)start) + Vector128.Create(4 * step, 5 * step);
        nint[] moves = job.TapMoves;
        for (int tap = 0; tap < moves.Length; tap++, sources += TilePixels)
        {
            long move = moves[tap] * sizeof(float);
            (four + Vector256.Create(move)).Store((long*)sources);
            (two + Vector128.Create(move)).Store((long*)sources + Vector256<long>.Count);
        }

        ChannelsLastView to = job.Output.Image;
        long target = (((image * to.Height) + (row * job.Spread) + job.SpreadRow) * to.Width) + (column * job.Spread) + job.SpreadColumn;
        for (int i = 0; i < TilePixels; i++, target += job.Spread)
        {
            targets[i] = target;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PlaceTaps(Job job, long image, int row, int column, float** sources)
    {
        float* from = job.From.Start + ((((image * job.From.Height) + row) * job.From.Width) + column) * job.From.Stride;
        nint[] moves = job.TapMoves;
        if (row >= job.Inside.Top && row < job.Inside.Bottom && column >= job.Inside.Left && column < job.Inside.Right)
        {
            for (int tap = 0; tap < moves.Length; tap++)
            {
                sources[tap * TilePixels] = from + moves[tap];
            }

            return;
        }

        for (int tap = 0; tap < moves.Length; tap++)
        {
            bool isInside = (uint)(row + job.TapRows[tap]) < (uint)job.From.Height && (uint)(column + job.TapColumns[tap]) < (uint)job.From.Width;
            sources[tap * TilePixels] = isInside ? from + moves[tap] : job.Zeros;
        }
    }

    private sealed class Job(ChannelsLastView from, PackedWeights panels, Conv2dOutput output, int taps)
    {
        public ChannelsLastView From { get; } = from;

        public PackedWeights Panels { get; } = panels;

        public Conv2dOutput Output { get; } = output;

        public int Taps { get; } = taps;

        public int[] TapRows { get; } = new int[taps];

        public int[] TapColumns { get; } = new int[taps];

        // The offset of each tap's values from those of the pixel.
        public nint[] TapMoves { get; } = new nint[taps];

        // The pixels of the source whose taps are all within the image.
        public (int Top, int Bottom, int Left, int Right) Inside { get; private set; }

        // The pixels to compute. The source of a pixel is its index times Step, its target the index times Spread.
        public int Rows { get; init; }

        public int Columns { get; init; }

        public int Step { get; init; }

        public int Spread { get; init; }

        public int SpreadRow { get; init; }

        public int SpreadColumn { get; init; }

        public int FirstTap { get; init; }

        public float* Zeros { get; set; }

        public bool IsTileInside(int row, int column) =>
            column + TilePixels <= Columns
            && row * Step >= Inside.Top && row * Step < Inside.Bottom
            && column * Step >= Inside.Left && (column + TilePixels - 1) * Step < Inside.Right;

        public void Prepare()
        {
            Inside = (-TapRows.Min(), From.Height - TapRows.Max(), -TapColumns.Min(), From.Width - TapColumns.Max());
            for (int tap = 0; tap < TapMoves.Length; tap++)
            {
                TapMoves[tap] = ((TapRows[tap] * (nint)From.Width) + TapColumns[tap]) * From.Stride;
            }
        }
    }
}
