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
        int channels = x.Channels;
        CpuParallel.For(result.Images * result.Height, result.Pixels * channels * ValueOperations, index =>
        {
            Weight row = rows[index % result.Height];
            float* image = x.Start + ((long)(index / result.Height) * x.Height * x.Width * x.Stride);
            float* upper = image + ((long)row.First * x.Width * x.Stride);
            float* lower = image + ((long)row.Second * x.Width * x.Stride);
            float* to = result.Start + ((long)index * result.Width * channels);
            foreach (Weight column in columns)
            {
                (long left, long right) = ((long)column.First * x.Stride, (long)column.Second * x.Stride);
                for (int c = 0; c < channels; c++)
                {
                    to[c] = (row.OfFirst * ((column.OfFirst * upper[left + c]) + (column.OfSecond * upper[right + c])))
                        + (row.OfSecond * ((column.OfFirst * lower[left + c]) + (column.OfSecond * lower[right + c])));
                }

                to += channels;
            }
        });
    }

    /// <summary>Computes the gradient of the images of <see cref="Forward"/>.</summary>
    /// <param name="gradients">One or two gradients of the result.</param>
    /// <param name="gradient">Receives the gradient of the images, dense, in their size.</param>
    public static void Backward((ChannelsLastView First, ChannelsLastView? Second) gradients, ChannelsLastView gradient)
    {
        AddGradient(gradients.First, gradient, isFirst: true);
        if (gradients.Second is { } second)
        {
            AddGradient(second, gradient, isFirst: false);
        }
    }

    private static void AddGradient(ChannelsLastView from, ChannelsLastView gradient, bool isFirst)
    {
        Weight[] rows = Weights(gradient.Height, from.Height);
        Weight[] columns = Weights(gradient.Width, from.Width);
        int channels = from.Channels;
        long plane = (long)gradient.Height * gradient.Width * channels;
        CpuParallel.For(from.Images, from.Pixels * channels * ValueOperations, image =>
        {
            float* to = gradient.Start + (image * plane);
            if (isFirst)
            {
                new Span<float>(to, (int)plane).Clear();
            }

            float* g = from.Start + ((long)image * from.Height * from.Width * from.Stride);
            foreach (Weight row in rows)
            {
                float* upper = to + ((long)row.First * gradient.Width * channels);
                float* lower = to + ((long)row.Second * gradient.Width * channels);
                foreach (Weight column in columns)
                {
                    (long left, long right) = ((long)column.First * channels, (long)column.Second * channels);
                    for (int c = 0; c < channels; c++)
                    {
                        upper[left + c] += row.OfFirst * column.OfFirst * g[c];
                        upper[right + c] += row.OfFirst * column.OfSecond * g[c];
                        lower[left + c] += row.OfSecond * column.OfFirst * g[c];
                        lower[right + c] += row.OfSecond * column.OfSecond * g[c];
                    }

                    g += from.Stride;
                }
            }
        });
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
}
