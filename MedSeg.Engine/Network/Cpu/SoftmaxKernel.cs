using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>Softmax over the channels of each pixel, in place. The result does not depend on the number of threads.</summary>
internal static unsafe class SoftmaxKernel
{
    // Pixels of a block, which is worth a thread.
    private const int BlockPixels = 1 << 10;

    // The cost of a value, in operations of a convolution.
    private const long ValueOperations = 16;

    /// <summary>Replaces values by probabilities: exp(x) / Σ exp(x).</summary>
    /// <param name="x">The values, dense; receives the probabilities.</param>
    public static void Forward(ChannelsLastView x) =>
        ForEachBlock(x, (first, count, _) => ForwardBlock(x.Start + (first * x.Channels), count, x.Channels));

    /// <summary>Computes the gradient of the values: p (g − Σ g p).</summary>
    /// <param name="gradients">One or two gradients g of the probabilities.</param>
    /// <param name="probabilities">The probabilities p, dense.</param>
    /// <param name="gradient">Receives the gradient, dense.</param>
    /// <param name="biasGradient">The gradient of a bias that was added to the values, to add to, [C]: the sum of the gradient over all pixels; or null.</param>
    public static void Backward((ChannelsLastView First, ChannelsLastView? Second) gradients, ChannelsLastView probabilities, ChannelsLastView gradient, float* biasGradient)
    {
        int channels = probabilities.Channels;
        int blocks = Blocks(probabilities);
        double[] sums = ArrayPool<double>.Shared.Rent(blocks * channels);
        sums.AsSpan(0, blocks * channels).Clear();
        ForEachBlock(probabilities, (first, count, block) =>
        {
            float* p = probabilities.Start + (first * channels);
            float* one = gradients.First.Start + (first * gradients.First.Stride);
            float* two = gradients.Second is { } second ? second.Start + (first * second.Stride) : null;
            float* result = gradient.Start + (first * channels);
            Span<double> sum = sums.AsSpan(block * channels, channels);
            for (int pixel = 0; pixel < count; pixel++, p += channels, result += channels)
            {
                float product = 0;
                for (int c = 0; c < channels; c++)
                {
                    result[c] = two == null ? one[c] : one[c] + two[c];
                    product += result[c] * p[c];
                }

                for (int c = 0; c < channels; c++)
                {
                    result[c] = p[c] * (result[c] - product);
                    sum[c] += result[c];
                }

                one += gradients.First.Stride;
                two = two == null ? null : two + gradients.Second!.Stride;
            }
        });
        for (int c = 0; biasGradient != null && c < channels; c++)
        {
            double sum = 0;
            for (int block = 0; block < blocks; block++)
            {
                sum += sums[(block * channels) + c];
            }

            biasGradient[c] += (float)sum;
        }

        ArrayPool<double>.Shared.Return(sums);
    }

    private static int Blocks(ChannelsLastView x) => (int)((x.Pixels + BlockPixels - 1) / BlockPixels);

    private static void ForEachBlock(ChannelsLastView x, Action<long, int, int> work) =>
        CpuParallel.For(Blocks(x), x.Pixels * x.Channels * ValueOperations, block =>
        {
            long first = block * (long)BlockPixels;
            work(first, (int)Math.Min(BlockPixels, x.Pixels - first), block);
        });

    private static void ForwardBlock(float* start, int count, int channels)
    {
        float* x = start;
        for (int pixel = 0; pixel < count; pixel++, x += channels)
        {
            float largest = x[0];
            for (int c = 1; c < channels; c++)
            {
                largest = Math.Max(largest, x[c]);
            }

            for (int c = 0; c < channels; c++)
            {
                x[c] -= largest;
            }
        }

        Exponentiate(start, count * channels);
        x = start;
        for (int pixel = 0; pixel < count; pixel++, x += channels)
        {
            float sum = 0;
            for (int c = 0; c < channels; c++)
            {
                sum += x[c];
            }

            float factor = 1 / sum;
            for (int c = 0; c < channels; c++)
            {
                x[c] *= factor;
            }
        }
    }

    private static void Exponentiate(float* x, int count)
    {
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store(Exp(Vector.Load(x + i)), x + i);
        }

        for (; i < count; i++)
        {
            x[i] = Exp(new Vector<float>(x[i]))[0];
        }
    }

    // exp(x) for x of at most 0, with a relative error of 2e-7: 2^n exp(r), where |r| is at most ln(2) / 2, and a polynomial (Moshier 1992, Cephes).
    // Below -87 the result is 1e-38 instead of less.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Exp(Vector<float> x)
    {
        var within = Vector.Max(x, new Vector<float>(-87));
        var power = Vector.Floor((within * 1.44269504f) + new Vector<float>(0.5f));
        Vector<float> r = within - (power * 0.693359375f) + (power * 2.12194440e-4f);
        Vector<float> polynomial = (((((((((r * 1.9875691500e-4f) + new Vector<float>(1.3981999507e-3f)) * r) + new Vector<float>(8.3334519073e-3f)) * r)
            + new Vector<float>(4.1665795894e-2f)) * r) + new Vector<float>(1.6666665459e-1f)) * r) + new Vector<float>(5.0000001201e-1f);
        Vector<float> result = (polynomial * r * r) + r + Vector<float>.One;
        var scale = Vector.AsVectorSingle(Vector.ShiftLeft(Vector.ConvertToInt32(power) + new Vector<int>(127), 23));

        // NaN stays NaN.
        return Vector.ConditionalSelect(Vector.Equals(x, x), result * scale, x);
    }
}
