using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// PReLU (He et al. 2015) with the sum and the dropout that follow it, in one pass over memory where torch needs four, and without a mask.
/// The result does not depend on the number of threads.
/// </summary>
internal static unsafe class PReluKernel
{
    // Values of a group of pixels.
    private const int GroupValues = 64;

    // Values of a block: enough to be worth a thread, few enough to share the work.
    private const long BlockValues = 1 << 15;

    // Groups that are read again for the next channels while they are in the first-level cache.
    private const int ChunkGroups = 16;

    // Values of a cache line.
    private const int LineValues = 16;

    // The cost of a value, in operations of a convolution.
    private const long ValueOperations = 4;

    /// <summary>Computes out = dropout(PReLU(x) + other).</summary>
    /// <param name="x">The values of the convolution, dense.</param>
    /// <param name="activation">The slopes, the image to add, and the dropout mask.</param>
    /// <param name="result">Receives the values, dense; may be <paramref name="x"/>.</param>
    public static void Forward(ChannelsLastView x, PReluEpilogue activation, ChannelsLastView result)
    {
        ChannelsLastView? other = activation.Other;
        int group = x.IsDense && IsGrouped(other, x) ? GroupSize(x) : 1;
        using var slopes = new Tiled(activation.Slopes, x.Channels, group);
        var job = new Job
        {
            Values = x.Channels * group,
            X = new Source(x, group, x),
            Slope = slopes.Start,
            Other = new Source(other, group, x),
            Mask = activation.Mask.GetValueOrDefault(),
            Drops = activation.Mask is not null,
            Result = result.Bytes,
        };
        ForEachBlock(x.Pixels / group, job.Values, (from, count, _) =>
        {
            if (x.IsNarrow)
            {
                Forward<BFloat16Format>(job, from, count);
            }
            else
            {
                Forward<Float32Format>(job, from, count);
            }
        });
    }

    /// <summary>
    /// Computes the gradients of <see cref="Forward"/>. With g the sum of the gradients of its result, and m the dropout mask, the gradient of
    /// the added image is g m; that of x is g m where x is above zero, and g m slope elsewhere; that of the slopes is the sum of g m x where
    /// x is not above zero.
    /// </summary>
    /// <param name="gradients">One or two gradients of the result.</param>
    /// <param name="x">The values of the convolution; or the result if <paramref name="isResult"/>, which requires slopes above zero.</param>
    /// <param name="isResult">Whether <paramref name="x"/> is the result. The output of PReLU is then the result minus the added image.</param>
    /// <param name="activation">The slopes, the added image, and the dropout mask.</param>
    /// <param name="otherGradient">Receives the gradient of the added image, dense; or null. It may be one of the gradients of the result.</param>
    /// <param name="gradient">Receives the gradient of x, dense. It may be x or a gradient of the result.</param>
    /// <param name="slopeGradient">The gradient of the slopes to add to, [C].</param>
    /// <param name="biasGradient">The gradient of the convolution's bias to add to, which is the sum over pixels of the gradient of x, [C]; or null.</param>
    public static void Backward((ChannelsLastView First, ChannelsLastView? Second) gradients, ChannelsLastView x, bool isResult, PReluEpilogue activation, ChannelsLastView? otherGradient, ChannelsLastView gradient, float* slopeGradient, float* biasGradient)
    {
        ChannelsLastView? added = isResult ? activation.Other : null;
        DropoutMask? mask = activation.Mask;
        float* slope = activation.Slopes;
        int group = x.IsDense && IsGrouped(gradients.First, x) && IsGrouped(gradients.Second, x) && IsGrouped(added, x) ? GroupSize(x) : 1;
        using var slopes = new Tiled(slope, x.Channels, group);
        var job = new Job
        {
            Values = x.Channels * group,
            X = new Source(x, group, x),
            Slope = slopes.Start,
            Other = new Source(added, group, x),
            First = new Source(gradients.First, group, x),
            Second = new Source(gradients.Second, group, x),
            Mask = mask.GetValueOrDefault(),
            Drops = mask is not null,
            KeptShare = isResult && mask is { } dropped ? 1 / dropped.Scale : 1,
            OtherGradient = otherGradient is null ? null : otherGradient.Bytes,
            Result = gradient.Bytes,
        };
        long groups = x.Pixels / group;
        int values = job.Values;

        // The sums of a block are whole cache lines, which no other thread writes to.
        int room = (values + LineValues - 1) / LineValues * LineValues;
        int blocks = BlockCount(groups, values);
        using ScratchMemory memory = ScratchMemory.Rent(2L * blocks * room);
        float* sums = memory.Start;
        new Span<float>(sums, 2 * blocks * room).Clear();
        ForEachBlock(groups, values, (from, count, block) =>
        {
            float* slopeSums = sums + (2L * block * room);
            if (x.IsNarrow)
            {
                Backward<BFloat16Format>(job, from, count, slopeSums, slopeSums + room);
            }
            else
            {
                Backward<Float32Format>(job, from, count, slopeSums, slopeSums + room);
            }
        });
        for (int c = 0; c < x.Channels; c++)
        {
            (double ofSlope, double ofBias) = (0, 0);
            for (long block = 0; block < blocks; block++)
            {
                float* start = sums + (2 * block * room);
                for (int at = c; at < values; at += x.Channels)
                {
                    ofSlope += start[at];
                    ofBias += start[at + room];
                }
            }

            // Negative outputs of PReLU are x times the slope.
            slopeGradient[c] += (float)(isResult ? ofSlope / slope[c] : ofSlope);
            if (biasGradient != null)
            {
                biasGradient[c] += (float)ofBias;
            }
        }
    }

    private static void Forward<TFormat>(in Job job, long first, long count)
        where TFormat : struct, IImageFormat
    {
        if (job.IsWide)
        {
            ForwardBlock<Avx512Lanes, Vector512<float>, TFormat>(job, first, count);
        }
        else if (Avx2.IsSupported)
        {
            ForwardBlock<Avx2Lanes, Vector256<float>, TFormat>(job, first, count);
        }
        else
        {
            ForwardBlock<Vector128Lanes, Vector128<float>, TFormat>(job, first, count);
        }
    }

    private static void Backward<TFormat>(in Job job, long first, long count, float* sums, float* biasSums)
        where TFormat : struct, IImageFormat
    {
        if (job.IsWide)
        {
            BackwardBlock<Avx512Lanes, Vector512<float>, TFormat>(job, first, count, sums, biasSums);
        }
        else if (Avx2.IsSupported)
        {
            BackwardBlock<Avx2Lanes, Vector256<float>, TFormat>(job, first, count, sums, biasSums);
        }
        else
        {
            BackwardBlock<Vector128Lanes, Vector128<float>, TFormat>(job, first, count, sums, biasSums);
        }
    }

    // Several pixels with few channels are computed at once if there are no gaps between them.
    private static int GroupSize(ChannelsLastView x)
    {
        int group = Math.Max(1, GroupValues / x.Channels);
        return x.Pixels % group == 0 ? group : 1;
    }

    private static bool IsGrouped(ChannelsLastView? rows, ChannelsLastView x) => rows is null || (rows.IsDense && rows.Channels == x.Channels);

    private static long BlockGroups(int values) => Math.Max(1, BlockValues / values);

    private static int BlockCount(long groups, int values) => (int)((groups + BlockGroups(values) - 1) / BlockGroups(values));

    private static void ForEachBlock(long groups, int values, Action<long, long, int> work)
    {
        long size = BlockGroups(values);
        int count = BlockCount(groups, values);
        CpuParallel.For(count, groups * values * ValueOperations, block => work(block * size, Math.Min(size, groups - (block * size)), block));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardBlock<TLanes, TVector, TFormat>(in Job job, long first, long count)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct
        where TFormat : struct, IImageFormat
    {
        for (long group = first; group < first + count; group++)
        {
            long at = group * job.Values;
            byte* x = job.X.At(group);
            byte* result = job.Result + (at * TFormat.Size);
            int c = 0;
            for (; c <= job.Values - TLanes.Count; c += TLanes.Count)
            {
                TVector value = TLanes.Rectify(TFormat.Load<TLanes, TVector>(x + (c * TFormat.Size)), TLanes.Load(job.Slope + c));
                if (job.Other.Exists)
                {
                    value = TLanes.Add(value, job.Other.Load<TLanes, TVector>(group, c));
                }

                TFormat.Store<TLanes, TVector>(job.Drops ? TLanes.Multiply(value, TLanes.Dropout(job.Mask, (uint)(at + c))) : value, result + (c * TFormat.Size));
            }

            for (; c < job.Values; c++)
            {
                float own = TFormat.LoadOne(x + (c * TFormat.Size));
                float value = own > 0 ? own : own * job.Slope[c];
                if (job.Other.Exists)
                {
                    value += job.Other.One(group, c);
                }

                TFormat.StoreOne(job.Drops ? value * job.Mask.One((uint)(at + c)) : value, result + (c * TFormat.Size));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardBlock<TLanes, TVector, TFormat>(in Job job, long first, long count, float* sums, float* biasSums)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct
        where TFormat : struct, IImageFormat
    {
        for (long start = first; start < first + count; start += ChunkGroups)
        {
            long end = Math.Min(first + count, start + ChunkGroups);
            int c = 0;
            for (; c <= job.Values - TLanes.Count; c += TLanes.Count)
            {
                BackwardLanes<TLanes, TVector, TFormat>(job, start, end, c, sums + c, biasSums + c);
            }

            for (; c <= job.Values - Vector128Lanes.Count; c += Vector128Lanes.Count)
            {
                BackwardLanes<Vector128Lanes, Vector128<float>, TFormat>(job, start, end, c, sums + c, biasSums + c);
            }

            for (; c < job.Values; c++)
            {
                BackwardOne<TFormat>(job, start, end, c, sums + c, biasSums + c);
            }
        }
    }

    // The sums stay in registers meanwhile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BackwardLanes<TLanes, TVector, TFormat>(in Job job, long start, long end, int c, float* sums, float* biasSums)
        where TLanes : struct, IVectorLanes<TVector>
        where TVector : struct
        where TFormat : struct, IImageFormat
    {
        var sum = TLanes.Load(sums);
        var biasSum = TLanes.Load(biasSums);
        var slope = TLanes.Load(job.Slope + c);
        var keptShare = TLanes.Create(job.KeptShare);
        int offset = c * TFormat.Size;
        for (long group = start; group < end; group++)
        {
            long at = (group * job.Values) + c;
            TVector gradient = TFormat.Load<TLanes, TVector>(job.First.At(group) + offset);
            if (job.Second.Exists)
            {
                gradient = TLanes.Add(gradient, TFormat.Load<TLanes, TVector>(job.Second.At(group) + offset));
            }

            if (job.Drops)
            {
                gradient = TLanes.Multiply(gradient, TLanes.Dropout(job.Mask, (uint)at));
            }

            // The values that were dropped are lost, but their gradients are zero.
            TVector x = TLanes.Multiply(TFormat.Load<TLanes, TVector>(job.X.At(group) + offset), keptShare);
            if (job.Other.Exists)
            {
                x = TLanes.Subtract(x, job.Other.Load<TLanes, TVector>(group, c));
            }

            if (job.OtherGradient != null)
            {
                TFormat.Store<TLanes, TVector>(gradient, job.OtherGradient + (at * TFormat.Size));
            }

            sum = TLanes.Add(sum, TLanes.Choose(x, default, TLanes.Multiply(gradient, x)));
            TVector back = TLanes.Choose(x, gradient, TLanes.Multiply(gradient, slope));
            biasSum = TLanes.Add(biasSum, back);
            TFormat.Store<TLanes, TVector>(back, job.Result + (at * TFormat.Size));
        }

        TLanes.Store(sum, sums);
        TLanes.Store(biasSum, biasSums);
    }

    private static void BackwardOne<TFormat>(in Job job, long start, long end, int c, float* sum, float* biasSum)
        where TFormat : struct, IImageFormat
    {
        int offset = c * TFormat.Size;
        for (long group = start; group < end; group++)
        {
            long at = (group * job.Values) + c;
            float gradient = TFormat.LoadOne(job.First.At(group) + offset) + (job.Second.Exists ? TFormat.LoadOne(job.Second.At(group) + offset) : 0);
            gradient = job.Drops ? gradient * job.Mask.One((uint)at) : gradient;
            float x = (TFormat.LoadOne(job.X.At(group) + offset) * job.KeptShare) - (job.Other.Exists ? job.Other.One(group, c) : 0);
            if (job.OtherGradient != null)
            {
                TFormat.StoreOne(gradient, job.OtherGradient + (at * TFormat.Size));
            }

            *sum += x > 0 ? 0 : gradient * x;
            float back = x > 0 ? gradient : gradient * job.Slope[c];
            *biasSum += back;
            TFormat.StoreOne(back, job.Result + (at * TFormat.Size));
        }
    }

    private struct Job
    {
        public int Values;
        public Source X;
        public float* Slope;
        public Source Other;
        public Source First;
        public Source Second;
        public DropoutMask Mask;
        public bool Drops;
        public float KeptShare;
        public byte* OtherGradient;
        public byte* Result;

        // Fewer values than a vector, or what is left over, would be computed one by one.
        public readonly bool IsWide => Avx512Lanes.IsSupported && Values % Avx512Lanes.Count == 0;
    }

    /// <summary>Values that are read group by group; may be empty. The added image may have another format than the others.</summary>
    private readonly struct Source
    {
        private readonly byte* _start;
        private readonly int _stride;
        private readonly bool _isOneChannel;
        private readonly bool _isNarrow;

        public Source(ChannelsLastView? rows, int group, ChannelsLastView x)
        {
            if (rows is not null)
            {
                _start = rows.Bytes;
                _stride = rows.Stride * group * rows.ValueSize;
                _isOneChannel = rows.Channels == 1 && x.Channels > 1;
                _isNarrow = rows.IsNarrow;
            }
        }

        public bool Exists => _start != null;

        public byte* At(long group) => _start + (group * _stride);

        public TVector Load<TLanes, TVector>(long group, int channel)
            where TLanes : struct, IVectorLanes<TVector>
            where TVector : struct
            => _isOneChannel ? TLanes.Create(One(group, channel))
            : _isNarrow ? TLanes.LoadNarrow((ushort*)At(group) + channel)
            : TLanes.Load((float*)At(group) + channel);

        public float One(long group, int channel)
        {
            byte* at = At(group);
            int index = _isOneChannel ? 0 : channel;
            return _isNarrow ? BFloat16Format.LoadOne(at + (index * BFloat16Format.Size)) : ((float*)at)[index];
        }
    }

    /// <summary>The slopes, repeated for each pixel of a group.</summary>
    private readonly struct Tiled : IDisposable
    {
        public Tiled(float* slope, int channels, int group)
        {
            Start = (float*)NativeMemory.AlignedAlloc((nuint)(channels * group * sizeof(float)), LineValues * sizeof(float));
            for (int i = 0; i < channels * group; i++)
            {
                Start[i] = slope[i % channels];
            }
        }

        public float* Start { get; }

        public void Dispose() => NativeMemory.AlignedFree(Start);
    }
}
