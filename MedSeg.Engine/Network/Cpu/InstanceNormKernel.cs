using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using MedSeg.Devices;
using MedSeg.Network.Layers;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Instance normalization (Ulyanov et al. 2016) of values that are channels last, without the copies to another order that torch makes.
/// Sums are added in blocks of a fixed size, so the result does not depend on the number of threads.
/// </summary>
internal sealed unsafe class InstanceNormKernel
{
    // Values of a block: they stay in the cache between the two passes over it.
    private const int BlockValues = 1 << 12;

    // Pixels whose values are added in single precision: longer sums would shift all gradients of an image by the same error.
    private const int RunPixels = 32;

    // The cost of a value, in operations of a convolution.
    private const long ValueOperations = 8;

    private readonly ChannelsLastView _x;
    private readonly int _plane;
    private readonly int _blockPixels;
    private readonly int _blocks;
    private readonly double[] _means;
    private readonly double[] _factors;

    /// <summary>Initializes a new instance of the <see cref="InstanceNormKernel"/> class, and computes mean and variance of each image and channel.</summary>
    /// <param name="x">The values, dense; they must stay unchanged for <see cref="Backward"/>.</param>
    public InstanceNormKernel(ChannelsLastView x)
    {
        _x = x;
        _plane = x.Height * x.Width;
        _blockPixels = Math.Max(1, BlockValues / x.Channels);
        _blocks = (_plane + _blockPixels - 1) / _blockPixels;
        _means = new double[x.Images * x.Channels];
        _factors = new double[_means.Length];
        float[] moments = ArrayPool<float>.Shared.Rent(2 * x.Images * _blocks * x.Channels);
        ForEachBlock((image, first, count, index) =>
        {
            using PixelBlock block = Block(x, image, first, count);
            ChannelMoments.Compute(block.Start, x.Channels, count, moments.AsSpan(2 * index * x.Channels, 2 * x.Channels));
        });
        for (int i = 0; i < _means.Length; i++)
        {
            Combine(moments, i);
        }

        ArrayPool<float>.Shared.Return(moments);
    }

    /// <summary>Computes out = (x − mean) / √(variance + ε) · scale + shift.</summary>
    /// <param name="scale">The scales, [C].</param>
    /// <param name="shift">The shifts, [C].</param>
    /// <param name="result">Receives the values, dense.</param>
    public void Forward(float* scale, float* shift, ChannelsLastView result)
    {
        int channels = _x.Channels;
        float[] terms = ArrayPool<float>.Shared.Rent(2 * _means.Length);
        for (int i = 0; i < _means.Length; i++)
        {
            terms[i] = (float)(_factors[i] * scale[i % channels]);
            terms[_means.Length + i] = (float)(shift[i % channels] - (_means[i] * terms[i]));
        }

        ForEachBlock((image, first, count, _) =>
        {
            using PixelBlock from = Block(_x, image, first, count);
            using PixelBlock to = Block(result, image, first, count, isRead: false);
            fixed (float* factors = &terms[image * channels])
            {
                Scale(from.Start, count, factors, factors + _means.Length, to.Start);
            }

            to.Write();
        });
        ArrayPool<float>.Shared.Return(terms);
    }

    /// <summary>
    /// Computes the gradients of <see cref="Forward"/>. With g the gradient of its result, n the normalized values and f = scale / √(variance + ε),
    /// the gradient of x is f (g − mean(g) − n mean(g n)).
    /// </summary>
    /// <param name="gradient">The gradient of the result, dense; receives that of x.</param>
    /// <param name="scale">The scales, [C].</param>
    /// <param name="scaleGradient">The gradient of the scales to add to, [C].</param>
    /// <param name="shiftGradient">The gradient of the shifts to add to, [C].</param>
    public void Backward(ChannelsLastView gradient, float* scale, float* scaleGradient, float* shiftGradient)
    {
        int channels = _x.Channels;
        double[] sums = ArrayPool<double>.Shared.Rent(2 * _x.Images * _blocks * channels);
        ForEachBlock((image, first, count, index) =>
        {
            using PixelBlock x = Block(_x, image, first, count);
            using PixelBlock g = Block(gradient, image, first, count);
            BlockSums(image, x.Start, g.Start, count, sums.AsSpan(2 * index * channels, 2 * channels));
        });

        // The gradient of x is g · factor + x · slope + constant. The constant balances the rounded factors exactly, in two parts.
        float[] terms = ArrayPool<float>.Shared.Rent(4 * _means.Length);
        for (int i = 0; i < _means.Length; i++)
        {
            int channel = i % channels;
            (double ofShift, double ofScale) = Total(sums, i);
            scaleGradient[channel] += (float)ofScale;
            shiftGradient[channel] += (float)ofShift;
            float factor = (float)(_factors[i] * scale[channel]);
            float slope = (float)(-factor * _factors[i] * ofScale / _plane);
            double constant = (-factor * ofShift / _plane) - (slope * _means[i]);
            terms[i] = factor;
            terms[_means.Length + i] = slope;
            terms[(2 * _means.Length) + i] = (float)constant;
            terms[(3 * _means.Length) + i] = (float)(constant - (float)constant);
        }

        ArrayPool<double>.Shared.Return(sums);
        ForEachBlock((image, first, count, _) =>
        {
            using PixelBlock x = Block(_x, image, first, count);
            using PixelBlock g = Block(gradient, image, first, count);
            BlockGradient(image, x.Start, g.Start, count, terms);
            g.Write();
        });
        ArrayPool<float>.Shared.Return(terms);
    }

    // Of the first of a block's two values for an image and channel; the second is C values further.
    private int IndexOf(int imageAndChannel, int block) =>
        (2 * ((imageAndChannel / _x.Channels * _blocks) + block) * _x.Channels) + (imageAndChannel % _x.Channels);

    private PixelBlock Block(ChannelsLastView rows, int image, int pixel, int count, bool isRead = true) => new(rows, ((long)image * _plane) + pixel, count, isRead);

    private void ForEachBlock(Action<int, int, int, int> work) =>
        CpuParallel.For(_x.Images * _blocks, _x.Pixels * _x.Channels * ValueOperations, index =>
        {
            int first = index % _blocks * _blockPixels;
            work(index / _blocks, first, Math.Min(_blockPixels, _plane - first), index);
        });

    // The moments of an image and channel from those of its blocks (Chan, Golub and LeVeque 1983).
    private void Combine(float[] moments, int imageAndChannel)
    {
        int channels = _x.Channels;
        (double mean, double squares, int done) = (0, 0, 0);
        for (int block = 0; block < _blocks; block++)
        {
            int count = Math.Min(_blockPixels, _plane - (block * _blockPixels));
            int at = IndexOf(imageAndChannel, block);
            double apart = moments[at] - mean;
            squares += moments[at + channels] + (apart * apart * done * count / (done + count));
            mean += apart * count / (done + count);
            done += count;
        }

        _means[imageAndChannel] = mean;
        _factors[imageAndChannel] = 1 / Math.Sqrt((squares / _plane) + NormParameters.Epsilon);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Scale(float* x, int count, float* factors, float* shifts, float* result)
    {
        int channels = _x.Channels;
        for (int pixel = 0; pixel < count; pixel++, x += channels, result += channels)
        {
            int c = 0;
            for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
            {
                Vector.Store((Vector.Load(x + c) * Vector.Load(factors + c)) + Vector.Load(shifts + c), result + c);
            }

            for (; c < channels; c++)
            {
                result[c] = (x[c] * factors[c]) + shifts[c];
            }
        }
    }

    // Σ g, then Σ g n, of each channel.
    private void BlockSums(int image, float* x, float* gradient, int count, Span<double> sums)
    {
        int channels = _x.Channels;
        float[] run = ArrayPool<float>.Shared.Rent(3 * channels);
        sums.Clear();
        for (int c = 0; c < channels; c++)
        {
            run[c] = (float)_means[(image * channels) + c];
        }

        for (int first = 0; first < count; first += RunPixels)
        {
            long at = (long)first * channels;
            AddRun(x + at, gradient + at, Math.Min(RunPixels, count - first), run);
            for (int c = 0; c < channels; c++)
            {
                sums[c] += run[channels + c];
                sums[channels + c] += run[(2 * channels) + c] * _factors[(image * channels) + c];
            }
        }

        ArrayPool<float>.Shared.Return(run);
    }

    // Receives means; gives Σ g and Σ g (x − mean).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRun(float* x, float* gradient, int count, Span<float> run)
    {
        int channels = _x.Channels;
        int c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            var mean = new Vector<float>(run[c..]);
            Vector<float> sum = Vector<float>.Zero;
            Vector<float> products = Vector<float>.Zero;
            for (long at = c; at < (long)count * channels; at += channels)
            {
                Vector<float> g = Vector.Load(gradient + at);
                sum += g;
                products += g * (Vector.Load(x + at) - mean);
            }

            sum.CopyTo(run[(channels + c)..]);
            products.CopyTo(run[((2 * channels) + c)..]);
        }

        for (; c < channels; c++)
        {
            (float sum, float products) = (0, 0);
            for (long at = c; at < (long)count * channels; at += channels)
            {
                sum += gradient[at];
                products += gradient[at] * (x[at] - run[c]);
            }

            (run[channels + c], run[(2 * channels) + c]) = (sum, products);
        }
    }

    private (double Sum, double Products) Total(double[] sums, int imageAndChannel)
    {
        int channels = _x.Channels;
        (double sum, double products) = (0, 0);
        for (int block = 0; block < _blocks; block++)
        {
            int at = IndexOf(imageAndChannel, block);
            sum += sums[at];
            products += sums[at + channels];
        }

        return (sum, products);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BlockGradient(int image, float* x, float* gradient, int count, float[] terms)
    {
        int channels = _x.Channels;
        fixed (float* start = terms)
        {
            float* factors = start + (image * channels);
            float* slopes = factors + _means.Length;
            float* constants = slopes + _means.Length;
            float* rests = constants + _means.Length;
            for (int pixel = 0; pixel < count; pixel++, x += channels, gradient += channels)
            {
                int c = 0;
                for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
                {
                    Vector<float> value = (Vector.Load(gradient + c) * Vector.Load(factors + c)) + (Vector.Load(x + c) * Vector.Load(slopes + c));
                    Vector.Store(value + Vector.Load(constants + c) + Vector.Load(rests + c), gradient + c);
                }

                for (; c < channels; c++)
                {
                    gradient[c] = (gradient[c] * factors[c]) + (x[c] * slopes[c]) + constants[c] + rests[c];
                }
            }
        }
    }
}
