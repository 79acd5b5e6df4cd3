using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MedSeg.Network;

/// <summary>
/// PReLU (He et al. 2015) together with the sum and the dropout that follow it, in one pass over memory where torch takes four,
/// and without a mask. What each thread computes does not depend on how many there are.
/// </summary>
internal static unsafe class ActivationKernel
{
    // Values of a group of pixels.
    private const int GroupValues = 64;

    // Values that are summed up together: enough to be worth a thread's while, few enough to share out.
    private const long BlockValues = 1 << 15;

    // From here on a second thread pays for its start.
    private const long LeastParallelValues = 1 << 18;

    /// <summary>Computes out = dropout(PReLU(x) + other).</summary>
    /// <param name="x">The convolution's values, dense.</param>
    /// <param name="slope">The slopes, [C].</param>
    /// <param name="other">What is added, of C channels or one; or null.</param>
    /// <param name="mask">What is dropped, or null.</param>
    /// <param name="result">Receives the values, dense; may be <paramref name="x"/>.</param>
    public static void Forward(PixelRows x, float* slope, PixelRows? other, DropoutMask? mask, PixelRows result)
    {
        int group = other is null or { IsDense: true, Channels: > 1 } ? GroupSize(x) : 1;
        using var slopes = new Tiled(slope, x.Channels, group);
        var job = new Job
        {
            Values = x.Channels * group,
            X = x.Start,
            Slope = slopes.Start,
            Second = other is null ? null : other.Start,
            SecondStride = other is null ? 0 : other.Stride * group,
            IsSecondOneChannel = other is { Channels: 1 } && x.Channels > 1,
            Mask = mask.GetValueOrDefault(),
            Drops = mask is not null,
            Result = result.Start,
        };
        ForEachBlock(x.Pixels / group, job.Values, (from, count, _) => ForwardBlock(job, from, count));
    }

    /// <summary>
    /// Computes the gradients of <see cref="Forward"/>. With g the sum of the gradients that reach its result, and m the dropout mask:
    /// that of what was added is g m; that of x is g m where x is above zero, g m slope elsewhere; that of the slopes the sum of g m x
    /// where x is not above zero.
    /// </summary>
    /// <param name="first">A gradient of the result.</param>
    /// <param name="second">Another one, or null.</param>
    /// <param name="x">The convolution's values; or, with <paramref name="isRectified"/>, PReLU's, of slopes that are above zero.</param>
    /// <param name="isRectified">Which of the two.</param>
    /// <param name="slope">The slopes, [C].</param>
    /// <param name="mask">What was dropped, or null.</param>
    /// <param name="otherGradient">Receives the gradient of what was added, dense; or null. May be one of the gradients of the result.</param>
    /// <param name="gradient">Receives the gradient of x, dense. May be x or a gradient of the result.</param>
    /// <param name="slopeGradient">The gradient of the slopes is added to this, [C].</param>
    public static void Backward(PixelRows first, PixelRows? second, PixelRows x, bool isRectified, float* slope, DropoutMask? mask, PixelRows? otherGradient, PixelRows gradient, float* slopeGradient)
    {
        int group = first.IsDense && second is null or { IsDense: true } ? GroupSize(x) : 1;
        using var slopes = new Tiled(slope, x.Channels, group);
        var job = new Job
        {
            Values = x.Channels * group,
            X = x.Start,
            Slope = slopes.Start,
            First = first.Start,
            FirstStride = first.Stride * group,
            Second = second is null ? null : second.Start,
            SecondStride = second is null ? 0 : second.Stride * group,
            Mask = mask.GetValueOrDefault(),
            Drops = mask is not null,
            Other = otherGradient is null ? null : otherGradient.Start,
            Result = gradient.Start,
        };
        long groups = x.Pixels / group;
        float[] sums = new float[BlockCount(groups, job.Values) * job.Values];
        ForEachBlock(groups, job.Values, (from, count, block) => BackwardBlock(job, from, count, sums.AsSpan(block * job.Values, job.Values)));
        for (int c = 0; c < x.Channels; c++)
        {
            double sum = 0;
            for (int at = c; at < sums.Length; at += x.Channels)
            {
                sum += sums[at];
            }

            // Where PReLU's values stand for x, they are x times the slope.
            slopeGradient[c] += (float)(isRectified ? sum / slope[c] : sum);
        }
    }

    // Pixels of few channels are computed several at once.
    private static int GroupSize(PixelRows x)
    {
        int group = Math.Max(1, GroupValues / x.Channels);
        return x.Pixels % group == 0 ? group : 1;
    }

    private static long BlockGroups(int values) => Math.Max(1, BlockValues / values);

    private static int BlockCount(long groups, int values) => (int)((groups + BlockGroups(values) - 1) / BlockGroups(values));

    private static void ForEachBlock(long groups, int values, Action<long, long, int> work)
    {
        long size = BlockGroups(values);
        int count = BlockCount(groups, values);
        void Run(int block) => work(block * size, Math.Min(size, groups - (block * size)), block);
        if (groups * values >= LeastParallelValues)
        {
            Parallel.For(0, count, Run);
        }
        else
        {
            for (int block = 0; block < count; block++)
            {
                Run(block);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardBlock(in Job job, long first, long count)
    {
        for (long group = first; group < first + count; group++)
        {
            long at = group * job.Values;
            float* x = job.X + at;
            float* result = job.Result + at;
            float* second = job.Second + (group * job.SecondStride);
            int c = 0;
            for (; c <= job.Values - Vector<float>.Count; c += Vector<float>.Count)
            {
                Vector<float> value = Vector.Load(x + c);
                value = Vector.ConditionalSelect(Vector.GreaterThan(value, Vector<float>.Zero), value, value * Vector.Load(job.Slope + c));
                if (job.Second != null)
                {
                    value += job.IsSecondOneChannel ? new Vector<float>(*second) : Vector.Load(second + c);
                }

                Vector.Store(job.Drops ? value * job.Mask.At((uint)(at + c)) : value, result + c);
            }

            for (; c < job.Values; c++)
            {
                float value = x[c] > 0 ? x[c] : x[c] * job.Slope[c];
                if (job.Second != null)
                {
                    value += job.IsSecondOneChannel ? *second : second[c];
                }

                result[c] = job.Drops ? value * job.Mask.One((uint)(at + c)) : value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardBlock(in Job job, long first, long count, Span<float> sums)
    {
        fixed (float* sum = sums)
        {
            for (long group = first; group < first + count; group++)
            {
                long at = group * job.Values;
                float* g = job.First + (group * job.FirstStride);
                float* second = job.Second + (group * job.SecondStride);
                int c = 0;
                for (; c <= job.Values - Vector<float>.Count; c += Vector<float>.Count)
                {
                    Vector<float> gradient = Vector.Load(g + c);
                    if (job.Second != null)
                    {
                        gradient += Vector.Load(second + c);
                    }

                    if (job.Drops)
                    {
                        gradient *= job.Mask.At((uint)(at + c));
                    }

                    Vector<float> x = Vector.Load(job.X + at + c);
                    if (job.Other != null)
                    {
                        Vector.Store(gradient, job.Other + at + c);
                    }

                    Vector<int> isAbove = Vector.GreaterThan(x, Vector<float>.Zero);
                    Vector.Store(Vector.Load(sum + c) + Vector.ConditionalSelect(isAbove, Vector<float>.Zero, gradient * x), sum + c);
                    Vector.Store(Vector.ConditionalSelect(isAbove, gradient, gradient * Vector.Load(job.Slope + c)), job.Result + at + c);
                }

                for (; c < job.Values; c++)
                {
                    float gradient = g[c] + (job.Second != null ? second[c] : 0);
                    gradient = job.Drops ? gradient * job.Mask.One((uint)(at + c)) : gradient;
                    float x = job.X[at + c];
                    if (job.Other != null)
                    {
                        job.Other[at + c] = gradient;
                    }

                    sum[c] += x > 0 ? 0 : gradient * x;
                    job.Result[at + c] = x > 0 ? gradient : gradient * job.Slope[c];
                }
            }
        }
    }

    private struct Job
    {
        public int Values;
        public float* X;
        public float* Slope;
        public float* First;
        public int FirstStride;
        public float* Second;
        public int SecondStride;
        public bool IsSecondOneChannel;
        public DropoutMask Mask;
        public bool Drops;
        public float* Other;
        public float* Result;
    }

    /// <summary>The slopes, again for each pixel of a group.</summary>
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
