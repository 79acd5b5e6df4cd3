using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using MedSeg.Devices;

namespace MedSeg.Network.Cpu;

/// <summary>
/// Bilinear interpolation between images of different sizes, with pixel centers at half positions, as torch's <c>interpolate</c> with
/// <c>align_corners=False</c> does it. The result does not depend on the number of threads.
/// </summary>
internal static unsafe class BilinearKernel
{
    // The cost of a value, in operations of a convolution.
    private const long ValueOperations = 8;

    /// <summary>Resizes images.</summary>
    /// <param name="x">The images.</param>
    /// <param name="result">Receives the values, dense, in its own size.</param>
    public static void Forward(ChannelsLastView x, ChannelsLastView result)
    {
        Weight[] rows = Weights(x.Height, result.Height);
        Weight[] columns = Weights(x.Width, result.Width);
        CpuParallel.For(result.Images * result.Height, result.Pixels * x.Channels * ValueOperations, index =>
        {
            float* image = x.Start + ((long)(index / result.Height) * x.Height * x.Width * x.Stride);
            ForwardRow(image, x, rows[index % result.Height], columns, result.Start + ((long)index * result.Width * x.Channels));
        });
    }

    /// <summary>Computes the gradient of the images of <see cref="Forward"/>.</summary>
    /// <param name="gradients">One or two gradients of the result.</param>
    /// <param name="gradient">Receives the gradient of the images, dense, in their size.</param>
    public static void Backward((ChannelsLastView First, ChannelsLastView? Second) gradients, ChannelsLastView gradient)
    {
        ChannelsLastView from = gradients.First;
        var rows = new Shares(Weights(gradient.Height, from.Height), gradient.Height);
        var columns = new Shares(Weights(gradient.Width, from.Width), gradient.Width);
        CpuParallel.For(gradient.Images * gradient.Height, from.Pixels * from.Channels * ValueOperations, index =>
        {
            using ScratchMemory memory = ScratchMemory.Rent((long)from.Width * new PixelVectors(from.Channels).Count * PixelVectors.Width);
            long first = (long)(index / gradient.Height) * from.Height * from.Width;
            ReadOnlySpan<Share> own = rows.Of(index % gradient.Height);
            AddRows(from, first, own, memory.Start, isFirst: true);
            if (gradients.Second is { } second)
            {
                AddRows(second, first, own, memory.Start, isFirst: false);
            }

            AddColumns(memory.Start, columns, gradient.Width, from.Channels, gradient.Start + ((long)index * gradient.Width * from.Channels));
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ForwardRow(float* image, ChannelsLastView x, Weight row, Weight[] columns, float* to)
    {
        (int channels, long stride) = (x.Channels, x.Stride);
        var vectors = new PixelVectors(channels);
        float* upper = image + (row.First * x.Width * stride);
        float* lower = image + (row.Second * x.Width * stride);
        var ofUpper = Vector256.Create(row.OfFirst);
        var ofLower = Vector256.Create(row.OfSecond);
        foreach (Weight column in columns)
        {
            (long left, long right) = (column.First * stride, column.Second * stride);
            var ofLeft = Vector256.Create(column.OfFirst);
            var ofRight = Vector256.Create(column.OfSecond);
            for (int i = 0; i < vectors.Count; i++)
            {
                Vector256<float> above = (ofLeft * vectors.Load(upper + left, i)) + (ofRight * vectors.Load(upper + right, i));
                Vector256<float> below = (ofLeft * vectors.Load(lower + left, i)) + (ofRight * vectors.Load(lower + right, i));
                vectors.Store((ofUpper * above) + (ofLower * below), to, i);
            }

            to += channels;
        }
    }

    // The weighted sum of the rows that a row of the image had a share in; the channels of a pixel are padded to whole vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(ChannelsLastView from, long first, ReadOnlySpan<Share> rows, float* sums, bool isFirst)
    {
        (int width, long stride) = (from.Width, from.Stride);
        var vectors = new PixelVectors(from.Channels);
        for (int pixel = 0; pixel < width; pixel++)
        {
            float* start = from.Start + ((first + pixel) * stride);
            for (int i = 0; i < vectors.Count; i++, sums += PixelVectors.Width)
            {
                Vector256<float> sum = isFirst ? Vector256<float>.Zero : Vector256.Load(sums);
                foreach (Share row in rows)
                {
                    sum += Vector256.Create(row.Weight) * vectors.Load(start + (row.Index * width * stride), i);
                }

                sum.Store(sums);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddColumns(float* rowSums, Shares columns, int width, int channels, float* to)
    {
        var vectors = new PixelVectors(channels);
        long padded = vectors.Count * PixelVectors.Width;
        for (int column = 0; column < width; column++, to += channels)
        {
            ReadOnlySpan<Share> shares = columns.Of(column);
            for (int i = 0; i < vectors.Count; i++)
            {
                Vector256<float> sum = Vector256<float>.Zero;
                foreach (Share share in shares)
                {
                    sum += Vector256.Create(share.Weight) * Vector256.Load(rowSums + (share.Index * padded) + (i * PixelVectors.Width));
                }

                vectors.Store(sum, to, i);
            }
        }
    }

    private static Weight[] Weights(int from, int to)
    {
        float scale = (float)from / to;
        var weights = new Weight[to];
        for (int i = 0; i < to; i++)
        {
            float at = Math.Max(0, ((i + 0.5f) * scale) - 0.5f);
            int first = Math.Min((int)at, from - 1);
            float ofSecond = Math.Min(at - first, 1);
            weights[i] = new Weight(first, Math.Min(first + 1, from - 1), 1 - ofSecond, ofSecond);
        }

        return weights;
    }

    private readonly record struct Weight(int First, int Second, float OfFirst, float OfSecond);

    private readonly record struct Share(int Index, float Weight);

    // The same weights by source: the rows or columns that each row or column of the image has a share in.
    private sealed class Shares
    {
        private readonly Share[] _all;
        private readonly int[] _starts;

        public Shares(Weight[] weights, int count)
        {
            _starts = new int[count + 1];
            foreach (Weight weight in weights)
            {
                _starts[weight.First + 1]++;
                _starts[weight.Second + 1]++;
            }

            for (int source = 0; source < count; source++)
            {
                _starts[source + 1] += _starts[source];
            }

            _all = new Share[_starts[count]];
            int[] next = [.. _starts];
            for (int i = 0; i < weights.Length; i++)
            {
                _all[next[weights[i].First]++] = new Share(i, weights[i].OfFirst);
                _all[next[weights[i].Second]++] = new Share(i, weights[i].OfSecond);
            }
        }

        public ReadOnlySpan<Share> Of(int source) => _all.AsSpan(_starts[source].._starts[source + 1]);
    }
}
