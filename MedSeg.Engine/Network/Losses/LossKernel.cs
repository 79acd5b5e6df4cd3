using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MedSeg.Devices;
using MedSeg.Network.Cpu;

namespace MedSeg.Network.Losses;

/// <summary>
/// The two passes over the probabilities of an output that a loss takes on the CPU: the first gives the sums of each image, and the second the
/// gradient. Sums are added in blocks of a fixed size, so the result does not depend on the number of threads.
/// </summary>
/// <param name="probabilities">The probabilities, K + 1 channels, background first.</param>
/// <param name="labels">The ROI number of each pixel; pixels with a number that is no channel are ignored.</param>
/// <param name="hidden">For each image and channel, whether it is an ROI that was not drawn there; null if all were drawn everywhere.</param>
internal sealed unsafe class LossKernel(ChannelsLastView probabilities, byte[] labels, bool[]? hidden)
{
    /// <summary>Added to each probability, so that the logarithm stays finite.</summary>
    public const float MinimumProbability = 1e-7f;

    private const int BlockPixels = 1 << 11;

    // The cost of a value, in operations of a convolution.
    private const long ValueOperations = 16;

    private readonly int _channels = probabilities.Channels;
    private readonly int _plane = probabilities.Height * probabilities.Width;

    private int Blocks => (_plane + BlockPixels - 1) / BlockPixels;

    /// <summary>Computes the sums of each image, one after the other.</summary>
    /// <param name="wantsLogarithms">Whether to compute <see cref="LossSums.Logarithms"/>, which takes most of the time.</param>
    public double[] Sum(bool wantsLogarithms)
    {
        int length = LossSums.Length(_channels);
        double[] parts = new double[probabilities.Images * Blocks * length];
        ForEachBlock((image, first, count, index) =>
            AddBlock(image, first, count, wantsLogarithms, new LossSums(parts.AsSpan(index * length, length), _channels)));
        double[] sums = new double[probabilities.Images * length];
        for (int index = 0; index < probabilities.Images * Blocks; index++)
        {
            var total = new LossSums(sums.AsSpan(index / Blocks * length, length), _channels);
            total.Add(new LossSums(parts.AsSpan(index * length, length), _channels));
        }

        return sums;
    }

    /// <summary>Computes the gradient of a loss.</summary>
    /// <param name="overlapFactors">The derivative with respect to Σpg of each image and channel; 0 for the background.</param>
    /// <param name="squareFactors">Twice the derivative with respect to Σp² of each image and channel.</param>
    /// <param name="logarithmFactor">The derivative with respect to the sum of the logarithms.</param>
    /// <param name="gradient">Receives the gradient of the probabilities, dense.</param>
    public void Gradient(float[] overlapFactors, float[] squareFactors, float logarithmFactor, ChannelsLastView gradient) =>
        ForEachBlock((image, first, count, _) =>
        {
            int at = image * _channels;
            BlockGradient(image, first, count, overlapFactors.AsSpan(at, _channels), squareFactors.AsSpan(at, _channels), logarithmFactor, gradient);
        });

    private void ForEachBlock(Action<int, int, int, int> work) =>
        CpuParallel.For(probabilities.Images * Blocks, probabilities.Pixels * _channels * ValueOperations, index =>
        {
            int first = index % Blocks * BlockPixels;
            work(index / Blocks, first, Math.Min(BlockPixels, _plane - first), index);
        });

    private ReadOnlySpan<bool> Hidden(int image) => hidden is null ? [] : hidden.AsSpan(image * _channels, _channels);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void AddBlock(int image, int first, int count, bool wantsLogarithms, LossSums sums)
    {
        long start = ((long)image * _plane) + first;
        var vectors = new PixelVectors(_channels);
        Vector256<double>* squares = stackalloc Vector256<double>[2 * vectors.Count];
        new Span<Vector256<double>>(squares, 2 * vectors.Count).Clear();
        Span<double> overlaps = sums.Overlaps;
        Span<double> areas = sums.Areas;
        Span<double> found = sums.Found;
        float* p = probabilities.Start + (start * probabilities.Stride);
        (double logarithms, int known) = (0, 0);
        foreach (byte label in labels.AsSpan((int)start, count))
        {
            if (label < _channels)
            {
                (float largest, int likeliest) = (float.NegativeInfinity, 0);
                for (int i = 0; i < vectors.Count; i++)
                {
                    Vector256<float> values = vectors.Load(p, i);
                    (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(values * values);
                    squares[2 * i] += lower;
                    squares[(2 * i) + 1] += upper;

                    // The lanes beyond the last channel are zeros, which are never above the others. No lane equals the largest if one is NaN.
                    Vector256<float> highest = VectorMaximum.Of(values);
                    uint lanes = Vector256.Equals(values, highest).ExtractMostSignificantBits();
                    if (highest.ToScalar() > largest && lanes != 0)
                    {
                        largest = highest.ToScalar();
                        likeliest = (i * PixelVectors.Width) + BitOperations.TrailingZeroCount(lanes);
                    }
                }

                overlaps[label] += p[label];
                areas[label]++;
                found[likeliest]++;
                known++;
                if (wantsLogarithms)
                {
                    logarithms += MathF.Log(OfLabel(p, label, image) + MinimumProbability);
                }
            }

            p += probabilities.Stride;
        }

        new ReadOnlySpan<double>(squares, _channels).CopyTo(sums.Squares);
        sums.Squares[0] = 0;
        sums.Logarithms = logarithms;
        sums.Known = known;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BlockGradient(
        int image, int first, int count, ReadOnlySpan<float> overlapFactors, ReadOnlySpan<float> squareFactors, float logarithmFactor, ChannelsLastView gradient)
    {
        long start = ((long)image * _plane) + first;
        ReadOnlySpan<bool> isHidden = Hidden(image);
        float* p = probabilities.Start + (start * probabilities.Stride);
        float* result = gradient.Start + (start * _channels);
        var vectors = new PixelVectors(_channels);
        fixed (float* squares = squareFactors)
        {
            foreach (byte label in labels.AsSpan((int)start, count))
            {
                if (label < _channels)
                {
                    for (int i = 0; i < vectors.Count; i++)
                    {
                        vectors.Store(vectors.Load(squares, i) * vectors.Load(p, i), result, i);
                    }

                    float ofLogarithm = logarithmFactor == 0 ? 0 : logarithmFactor / (OfLabel(p, label, image) + MinimumProbability);
                    result[label] += overlapFactors[label] + ofLogarithm;
                    for (int k = 1; label == 0 && k < isHidden.Length; k++)
                    {
                        result[k] += isHidden[k] ? ofLogarithm : 0;
                    }
                }
                else
                {
                    new Span<float>(result, _channels).Clear();
                }

                p += probabilities.Stride;
                result += _channels;
            }
        }
    }

    // The background of a slice may be any of the ROIs that were not drawn there (marginal loss, Shi et al. 2021).
    private float OfLabel(float* p, byte label, int image)
    {
        float value = p[label];
        if (hidden is not null && label == 0)
        {
            ReadOnlySpan<bool> isHidden = Hidden(image);
            for (int k = 1; k < isHidden.Length; k++)
            {
                value += isHidden[k] ? p[k] : 0;
            }
        }

        return value;
    }
}
