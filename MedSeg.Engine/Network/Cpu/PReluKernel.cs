using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
            Result = result.Start,
        };
        ForEachBlock(x.Pixels / group, job.Values, (from, count, _) => ForwardBlock(job, from, count));
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
            OtherGradient = otherGradient is null ? null : otherGradient.Start,
            Result = gradient.Start,
        };
        long groups = x.Pixels / group;
        int values = job.Values;
        int length = 2 * BlockCount(groups, values) * values;

        // Rented: as garbage of every layer and step, they would increase the memory of training by a quarter.
        float[] sums = ArrayPool<float>.Shared.Rent(length);
        sums.AsSpan(0, length).Clear();
        ForEachBlock(groups, values, (from, count, block) => BackwardBlock(job, from, count, sums.AsSpan(2 * block * values, values), sums.AsSpan(((2 * block) + 1) * values, values)));
        for (int c = 0; c < x.Channels; c++)
        {
            (double ofSlope, double ofBias) = (0, 0);
            for (int block = 0; block < length; block += 2 * values)
            {
                for (int at = block + c; at < block + values; at += x.Channels)
                {
                    ofSlope += sums[at];
                    ofBias += sums[at + values];
                }
            }

            // Negative outputs of PReLU are x times the slope.
            slopeGradient[c] += (float)(isResult ? ofSlope / slope[c] : ofSlope);
            if (biasGradient != null)
            {
                biasGradient[c] += (float)ofBias;
            }
        }

        ArrayPool<float>.Shared.Return(sums);
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
    private static void ForwardBlock(in Job job, long first, long count)
    {
        for (long group = first; group < first + count; group++)
        {
            long at = group * job.Values;
            float* x = job.X.At(group);
            float* other = job.Other.At(group);
            float* result = job.Result + at;
            int c = 0;
            for (; c <= job.Values - Vector<float>.Count; c += Vector<float>.Count)
            {
                Vector<float> value = Vector.Load(x + c);
                value = Vector.ConditionalSelect(Vector.GreaterThan(value, Vector<float>.Zero), value, value * Vector.Load(job.Slope + c));
                if (other != null)
                {
                    value += job.Other.Load(other, c);
                }

                Vector.Store(job.Drops ? value * job.Mask.At((uint)(at + c)) : value, result + c);
            }

            for (; c < job.Values; c++)
            {
                float value = x[c] > 0 ? x[c] : x[c] * job.Slope[c];
                if (other != null)
                {
                    value += job.Other.One(other, c);
                }

                result[c] = job.Drops ? value * job.Mask.One((uint)(at + c)) : value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardBlock(in Job job, long first, long count, Span<float> slopeSums, Span<float> biasSums)
    {
        fixed (float* sum = slopeSums, biasSum = biasSums)
        {
            var keptShare = new Vector<float>(job.KeptShare);
            for (long group = first; group < first + count; group++)
            {
                long at = group * job.Values;
                float* input = job.X.At(group);
                float* other = job.Other.At(group);
                float* one = job.First.At(group);
                float* two = job.Second.At(group);
                int c = 0;
                for (; c <= job.Values - Vector<float>.Count; c += Vector<float>.Count)
                {
                    Vector<float> gradient = Vector.Load(one + c);
                    if (two != null)
                    {
                        gradient += Vector.Load(two + c);
                    }

                    if (job.Drops)
                    {
                        gradient *= job.Mask.At((uint)(at + c));
                    }

                    // The values that were dropped are lost, but their gradients are zero.
                    Vector<float> x = Vector.Load(input + c) * keptShare;
                    if (other != null)
                    {
                        x -= job.Other.Load(other, c);
                    }

                    if (job.OtherGradient != null)
                    {
                        Vector.Store(gradient, job.OtherGradient + at + c);
                    }

                    Vector<int> isAbove = Vector.GreaterThan(x, Vector<float>.Zero);
                    Vector.Store(Vector.Load(sum + c) + Vector.ConditionalSelect(isAbove, Vector<float>.Zero, gradient * x), sum + c);
                    Vector<float> back = Vector.ConditionalSelect(isAbove, gradient, gradient * Vector.Load(job.Slope + c));
                    Vector.Store(Vector.Load(biasSum + c) + back, biasSum + c);
                    Vector.Store(back, job.Result + at + c);
                }

                for (; c < job.Values; c++)
                {
                    float gradient = one[c] + (two != null ? two[c] : 0);
                    gradient = job.Drops ? gradient * job.Mask.One((uint)(at + c)) : gradient;
                    float x = (input[c] * job.KeptShare) - (other != null ? job.Other.One(other, c) : 0);
                    if (job.OtherGradient != null)
                    {
                        job.OtherGradient[at + c] = gradient;
                    }

                    sum[c] += x > 0 ? 0 : gradient * x;
                    float back = x > 0 ? gradient : gradient * job.Slope[c];
                    biasSum[c] += back;
                    job.Result[at + c] = back;
                }
            }
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
        public float* OtherGradient;
        public float* Result;
    }

    /// <summary>Values that are read group by group; may be empty.</summary>
    private readonly struct Source
    {
        private readonly float* _start;
        private readonly int _stride;
        private readonly bool _isOneChannel;

        public Source(ChannelsLastView? rows, int group, ChannelsLastView x)
        {
            if (rows is not null)
            {
                _start = rows.Start;
                _stride = rows.Stride * group;
                _isOneChannel = rows.Channels == 1 && x.Channels > 1;
            }
        }

        public float* At(long group) => _start == null ? null : _start + (group * _stride);

        public Vector<float> Load(float* at, int channel) => _isOneChannel ? new Vector<float>(*at) : Vector.Load(at + channel);

        public float One(float* at, int channel) => _isOneChannel ? *at : at[channel];
    }

    /// <summary>The slopes, repeated for each pixel of a group.</summary>
    private readonly struct Tiled : IDisposable
    {
        public Tiled(float* slope, int channels, int group)
        {
            Start = (float*)NativeMemory.Alloc((nuint)(channels * group), sizeof(float));
            for (int i = 0; i < channels * group; i++)
            {
                Start[i] = slope[i % channels];
            }
        }

        public float* Start { get; }

        public void Dispose() => NativeMemory.Free(Start);
    }
}
