using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Convolutions of channels-last images, for CPUs with AVX2 and FMA. Tiles of six pixels and sixteen outputs are summed in registers; taps
/// outside the image read zeros. The result does not depend on the number of threads.
/// </summary>
internal static unsafe class Avx2Conv2d
{
    // Pixels of a tile, which are computed at once.
    private const int TilePixels = 6;

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
    public static void Forward(ChannelsLastView fine, float* weights, float* bias, in Conv2dGeometry geometry, ChannelsLastView coarse, PReluEpilogue? activation = null)
    {
        using var panels = PackedWeights.Forward(weights, coarse.Channels, geometry.Taps, fine.Channels);
        var job = new Job(fine, panels, bias, coarse, activation, geometry.Taps) { Rows = coarse.Height, Columns = coarse.Width, Step = geometry.Stride, Spread = 1 };
        for (int tap = 0; tap < geometry.Taps; tap++)
        {
            job.TapRows[tap] = geometry.Row(tap);
            job.TapColumns[tap] = geometry.Column(tap);
        }

        Run(job);
    }

    /// <summary>Convolves from the coarse image to the fine one: a transposed convolution, or the gradient of a convolution's input.</summary>
    /// <param name="coarse">The image, with M channels.</param>
    /// <param name="weights">The weights, [M, taps, N].</param>
    /// <param name="bias">The bias, [N]; null for none.</param>
    /// <param name="geometry">The geometry of the convolution.</param>
    /// <param name="fine">Receives the values, with N channels, dense.</param>
    /// <param name="activation">The activation that follows; null for none.</param>
    public static void Transposed(ChannelsLastView coarse, float* weights, float* bias, in Conv2dGeometry geometry, ChannelsLastView fine, PReluEpilogue? activation = null)
    {
        using var panels = PackedWeights.Transposed(weights, coarse.Channels, geometry.Taps, fine.Channels);
        if (geometry.Stride == 1)
        {
            var job = new Job(coarse, panels, bias, fine, activation, geometry.Taps) { Rows = fine.Height, Columns = fine.Width, Step = 1, Spread = 1 };
            for (int tap = 0; tap < geometry.Taps; tap++)
            {
                job.TapRows[tap] = -geometry.Row(tap);
                job.TapColumns[tap] = -geometry.Column(tap);
            }

            Run(job);
            return;
        }

        // Each fine pixel belongs to exactly one tap.
        for (int tap = 0; tap < geometry.Taps; tap++)
        {
            Run(new Job(coarse, panels, bias, fine, activation, taps: 1)
            {
                Rows = coarse.Height,
                Columns = coarse.Width,
                Step = 1,
                Spread = geometry.Stride,
                SpreadRow = geometry.Row(tap),
                SpreadColumn = geometry.Column(tap),
                FirstTap = tap,
            });
        }
    }

    private static void Run(Job job)
    {
        job.Prepare();
        long pixels = job.From.Images * (long)job.Rows * job.Columns;
        long tiles = (pixels + TilePixels - 1) / TilePixels;

        // Small images are split into smaller pieces. The result is the same.
        int size = (int)Math.Clamp(tiles / (4 * CpuParallel.Threads), 1, ChunkTiles);
        float* zeros = (float*)NativeMemory.AllocZeroed((nuint)job.From.Channels, sizeof(float));
        try
        {
            job.Zeros = zeros;
            CpuParallel.For(
                (int)((tiles + size - 1) / size),
                pixels * job.Taps * job.From.Channels * job.Panels.Outputs,
                chunk => Chunk(job, chunk * (long)size * TilePixels, Math.Min(pixels, (chunk + 1L) * size * TilePixels)));
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
        float* sums = stackalloc float[TilePixels * Width];
        Place(job, first, end, sources, targets);
        int count = (int)(end - first);
        for (int block = 0; block < job.Panels.Blocks; block++)
        {
            float* panel = job.Panels.Block(block) + (job.FirstTap * (long)job.From.Channels * Width);
            bool isWide = job.Panels.Outputs - (block * Width) > Width / 2;
            float** source = sources;
            for (int at = 0; at < count; at += TilePixels, source += job.Taps * TilePixels)
            {
                if (isWide)
                {
                    Sum16(source, panel, job.Taps, job.From.Channels, sums);
                }
                else
                {
                    Sum8(source, panel, job.Taps, job.From.Channels, sums);
                }

                Finish(job, sums, block * Width, targets + at, Math.Min(TilePixels, count - at));
            }
        }
    }

    // The source addresses, for each tile by tap and pixel, and the target pixels.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Place(Job job, long first, long end, float** sources, long* targets)
    {
        int plane = job.Rows * job.Columns;
        long image = first / plane;
        int row = (int)(first % plane) / job.Columns;
        int column = (int)(first % plane) % job.Columns;
        for (long start = first; start < end; start += TilePixels, sources += job.Taps * TilePixels, targets += TilePixels)
        {
            for (int i = 0; i < TilePixels; i++)
            {
                PlaceTaps(job, image, row * job.Step, column * job.Step, sources + i);
                targets[i] = (((image * job.To.Height) + (row * job.Spread) + job.SpreadRow) * job.To.Width) + (column * job.Spread) + job.SpreadColumn;

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

    // Adds the bias, applies the activation, and stores the values.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(Job job, float* sums, int first, long* pixels, int count)
    {
        int outputs = Math.Min(Width, job.Panels.Outputs - first);
        float* bias = job.Bias == null ? null : job.Bias + first;
        float* slopes = job.Slopes == null ? null : job.Slopes + first;
        bool isOtherOne = job.IsOtherOne;
        bool drops = job.Mask is not null;
        DropoutMask mask = job.Mask.GetValueOrDefault();
        for (int i = 0; i < count; i++, sums += Width)
        {
            float* to = job.To.Start + (pixels[i] * job.To.Stride) + first;
            float* other = job.Other == null ? null : job.Other + (pixels[i] * job.OtherStride) + (isOtherOne ? 0 : first);
            uint index = (uint)((pixels[i] * job.To.Channels) + first);
            int c = 0;
            for (; c <= outputs - Vector<float>.Count; c += Vector<float>.Count)
            {
                Vector<float> value = Vector.Load(sums + c);
                value = bias == null ? value : value + Vector.Load(bias + c);
                if (slopes != null)
                {
                    value = Vector.ConditionalSelect(Vector.GreaterThan(value, Vector<float>.Zero), value, value * Vector.Load(slopes + c));
                }

                if (other != null)
                {
                    value += isOtherOne ? new Vector<float>(*other) : Vector.Load(other + c);
                }

                Vector.Store(drops ? value * mask.At(index + (uint)c) : value, to + c);
            }

            for (; c < outputs; c++)
            {
                float value = bias == null ? sums[c] : sums[c] + bias[c];
                value = slopes == null || value > 0 ? value : value * slopes[c];
                value += other == null ? 0 : other[isOtherOne ? 0 : c];
                to[c] = drops ? value * mask.One(index + (uint)c) : value;
            }
        }
    }

    // Here and in Avx2WeightGradient, the sums are separate local variables, so that they stay in registers.
    // sums[6, 16] = the sum over taps and channels of sources[tap, 6][channel] weights[tap, channel, 16]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum16(float** sources, float* weights, int taps, int channels, float* sums)
    {
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        for (int tap = 0; tap < taps; tap++, sources += TilePixels)
        {
            float* p0 = sources[0];
            float* p1 = sources[1];
            float* p2 = sources[2];
            float* p3 = sources[3];
            float* p4 = sources[4];
            float* p5 = sources[5];
            for (int c = 0; c < channels; c++, weights += Width)
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

    // The same without the last eight of the sixteen outputs.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum8(float** sources, float* weights, int taps, int channels, float* sums)
    {
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default;
        for (int tap = 0; tap < taps; tap++, sources += TilePixels)
        {
            float* p0 = sources[0];
            float* p1 = sources[1];
            float* p2 = sources[2];
            float* p3 = sources[3];
            float* p4 = sources[4];
            float* p5 = sources[5];
            for (int c = 0; c < channels; c++, weights += Width)
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

        s0.Store(sums);
        s1.Store(sums + 16);
        s2.Store(sums + 32);
        s3.Store(sums + 48);
        s4.Store(sums + 64);
        s5.Store(sums + 80);
    }

    private sealed class Job(ChannelsLastView from, PackedWeights panels, float* bias, ChannelsLastView to, PReluEpilogue? activation, int taps)
    {
        public ChannelsLastView From { get; } = from;

        public PackedWeights Panels { get; } = panels;

        public float* Bias { get; } = bias;

        public ChannelsLastView To { get; } = to;

        public float* Slopes { get; } = activation is null ? null : activation.Slopes;

        public float* Other { get; } = activation?.Other is null ? null : activation.Other.Start;

        public int OtherStride { get; } = activation?.Other?.Stride ?? 0;

        // Whether a single channel is added to all.
        public bool IsOtherOne { get; } = activation?.Other?.Channels == 1;

        public DropoutMask? Mask { get; } = activation?.Mask;

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
