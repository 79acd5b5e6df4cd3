using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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
            BackwardBlock(gradients, probabilities.Start + (first * channels), gradient.Start + (first * channels), first, count, sums.AsSpan(block * channels, channels)));
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

    // Eight pixels at once, since most networks have fewer channels than a vector has values.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void ForwardBlock(float* x, int count, int channels)
    {
        // A vector for each channel, with a value of each pixel.
        Vector256<float>* values = stackalloc Vector256<float>[channels];
        for (int first = 0; first < count; first += PixelVectors.Width, x += PixelVectors.Width * channels)
        {
            int pixels = Math.Min(PixelVectors.Width, count - first);
            if (pixels < PixelVectors.Width)
            {
                new Span<Vector256<float>>(values, channels).Clear();
            }

            for (int pixel = 0; pixel < pixels; pixel++)
            {
                for (int c = 0; c < channels; c++)
                {
                    ((float*)(values + c))[pixel] = x[(pixel * channels) + c];
                }
            }

            Vector256<float> largest = values[0];
            for (int c = 1; c < channels; c++)
            {
                largest = VectorMaximum.Larger(largest, values[c]);
            }

            Vector256<float> sum = Vector256<float>.Zero;
            for (int c = 0; c < channels; c++)
            {
                values[c] = Exp(values[c] - largest);
                sum += values[c];
            }

            Vector256<float> factor = Vector256<float>.One / sum;
            for (int c = 0; c < channels; c++)
            {
                values[c] *= factor;
            }

            for (int pixel = 0; pixel < pixels; pixel++)
            {
                for (int c = 0; c < channels; c++)
                {
                    x[(pixel * channels) + c] = ((float*)(values + c))[pixel];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void BackwardBlock((ChannelsLastView First, ChannelsLastView? Second) gradients, float* p, float* result, long first, int count, Span<double> biasSums)
    {
        int channels = biasSums.Length;
        var vectors = new PixelVectors(channels);
        Vector256<float>* values = stackalloc Vector256<float>[vectors.Count];
        Vector256<double>* sums = stackalloc Vector256<double>[2 * vectors.Count];
        new Span<Vector256<double>>(sums, 2 * vectors.Count).Clear();
        float* one = gradients.First.Start + (first * gradients.First.Stride);
        float* two = gradients.Second is { } second ? second.Start + (first * second.Stride) : null;
        (int stepOne, int stepTwo) = (gradients.First.Stride, gradients.Second?.Stride ?? 0);
        for (int pixel = 0; pixel < count; pixel++, p += channels, result += channels, one += stepOne, two += stepTwo)
        {
            Vector256<float> products = Vector256<float>.Zero;
            for (int i = 0; i < vectors.Count; i++)
            {
                values[i] = two == null ? vectors.Load(one, i) : vectors.Load(one, i) + vectors.Load(two, i);
                products += values[i] * vectors.Load(p, i);
            }

            var product = Vector256.Create(Vector256.Sum(products));
            for (int i = 0; i < vectors.Count; i++)
            {
                Vector256<float> value = vectors.Load(p, i) * (values[i] - product);
                vectors.Store(value, result, i);
                AddTo(sums + (2 * i), value);
            }
        }

        new ReadOnlySpan<double>(sums, channels).CopyTo(biasSums);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(Vector256<double>* sums, Vector256<float> values)
    {
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(values);
        sums[0] += lower;
        sums[1] += upper;
    }

    // exp(x) for x of at most 0, with a relative error of 2e-7: 2^n exp(r), where |r| is at most ln(2) / 2, and a polynomial (Moshier 1992, Cephes).
    // Below -87 the result is 1e-38 instead of less.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exp(Vector256<float> x)
    {
        Vector256<float> within = VectorMaximum.Larger(x, Vector256.Create(-87f));
        Vector256<float> power = Vector256.Floor((within * 1.44269504f) + Vector256.Create(0.5f));
        Vector256<float> r = within - (power * 0.693359375f) + (power * 2.12194440e-4f);
        Vector256<float> polynomial = (((((((((r * 1.9875691500e-4f) + Vector256.Create(1.3981999507e-3f)) * r) + Vector256.Create(8.3334519073e-3f)) * r)
            + Vector256.Create(4.1665795894e-2f)) * r) + Vector256.Create(1.6666665459e-1f)) * r) + Vector256.Create(5.0000001201e-1f);
        Vector256<float> result = (polynomial * r * r) + r + Vector256<float>.One;
        Vector256<float> scale = Vector256.ShiftLeft(Vector256.ConvertToInt32(power) + Vector256.Create(127), 23).AsSingle();

        // NaN stays NaN.
        return Vector256.ConditionalSelect(Vector256.Equals(x, x), result * scale, x);
    }
}
