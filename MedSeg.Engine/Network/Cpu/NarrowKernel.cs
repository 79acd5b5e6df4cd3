using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using MedSeg.Devices;
using MedSeg.Network.Layers;

namespace MedSeg.Network.Cpu;

/// <summary>
/// PReLU and dropout of bfloat16 images: blocks of pixels become float32 in the cache, and are rounded when they are written back. The result does not
/// depend on the number of threads.
/// </summary>
internal static unsafe class NarrowKernel
{
    // Values of a block: it stays in the cache of a core.
    private const int BlockValues = 1 << 12;

    // The cost of a value, in operations of a convolution.
    private const long ValueOperations = 8;

    /// <summary>Applies PReLU.</summary>
    /// <param name="x">The values.</param>
    /// <param name="slopes">The slopes, [C].</param>
    /// <param name="result">Receives the result; may be <paramref name="x"/>.</param>
    public static void Rectify(NarrowRows x, float* slopes, NarrowRows result) => ForEachBlock(x, block =>
    {
        float[] values = Read(x, block);
        for (int at = 0; at < block.Values; at += x.Channels)
        {
            RectifyPixel(values.AsSpan(at, x.Channels), slopes);
        }

        Write(values, result, block);
    });

    /// <summary>Copies images.</summary>
    /// <param name="x">The values.</param>
    /// <param name="copy">Receives them.</param>
    public static void Copy(NarrowRows x, NarrowRows copy) => ForEachBlock(x, block =>
        new ReadOnlySpan<ushort>(x.Start + (block.First * x.Channels), block.Values).CopyTo(new Span<ushort>(copy.Start + (block.First * x.Channels), block.Values)));

    /// <summary>Applies dropout.</summary>
    /// <param name="x">The values, which are replaced.</param>
    /// <param name="mask">What is kept. The gradient of dropout is dropout of the gradient with the same mask.</param>
    public static void Drop(NarrowRows x, DropoutMask mask) => ForEachBlock(x, block =>
    {
        float[] values = Read(x, block);
        uint first = (uint)(block.First * x.Channels);
        int i = 0;
        for (; i <= block.Values - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(values, i) * mask.At(first + (uint)i)).CopyTo(values, i);
        }

        for (; i < block.Values; i++)
        {
            values[i] *= mask.One(first + (uint)i);
        }

        Write(values, x, block);
    });

    /// <summary>Computes the gradients of <see cref="Rectify"/>.</summary>
    /// <param name="gradient">The gradient of the result.</param>
    /// <param name="x">The values x; or the result, which requires slopes above zero. They are replaced by their gradient.</param>
    /// <param name="layer">The slopes, and their gradients to add to.</param>
    /// <param name="scale">What the result was multiplied by since; null for the values x.</param>
    public static void RectifyBack(NarrowRows gradient, NarrowRows x, LayerPointers layer, float? scale)
    {
        int channels = x.Channels;
        float* slopes = layer.Slope;
        int length = BlockCount(x) * channels;
        float[] sums = ArrayPool<float>.Shared.Rent(length);
        sums.AsSpan(0, length).Clear();
        ForEachBlock(x, block =>
        {
            float[] values = Read(x, block);
            float[] gradients = Read(gradient, block);
            Span<float> sum = sums.AsSpan(block.Index * channels, channels);
            for (int at = 0; at < block.Values; at += channels)
            {
                RectifyPixelBack(gradients.AsSpan(at, channels), values.AsSpan(at, channels), slopes, sum);
            }

            Write(gradients, x, block);
            ArrayPool<float>.Shared.Return(values);
        });
        for (int c = 0; c < channels; c++)
        {
            double sum = 0;
            for (int at = c; at < length; at += channels)
            {
                sum += sums[at];
            }

            // Negative outputs of PReLU are x times the slope.
            layer.SlopeGradient[c] += (float)(scale is { } factor ? sum / (slopes[c] * factor) : sum);
        }

        ArrayPool<float>.Shared.Return(sums);
    }

    private static int BlockPixels(NarrowRows x) => Math.Max(1, BlockValues / x.Channels);

    private static int BlockCount(NarrowRows x) => (int)((x.Pixels + BlockPixels(x) - 1) / BlockPixels(x));

    private static void ForEachBlock(NarrowRows x, Action<Block> work)
    {
        int size = BlockPixels(x);
        CpuParallel.ForBesideTorch(BlockCount(x), x.Pixels * x.Channels * ValueOperations, index =>
        {
            long first = (long)index * size;
            work(new Block(index, first, (int)Math.Min(size, x.Pixels - first) * x.Channels));
        });
    }

    private static float[] Read(NarrowRows rows, Block block)
    {
        float[] values = ArrayPool<float>.Shared.Rent(block.Values);
        BFloat16Format.Read((byte*)(rows.Start + (block.First * rows.Channels)), values.AsSpan(0, block.Values));
        return values;
    }

    private static void Write(float[] values, NarrowRows rows, Block block)
    {
        BFloat16Format.Write(values.AsSpan(0, block.Values), (byte*)(rows.Start + (block.First * rows.Channels)));
        ArrayPool<float>.Shared.Return(values);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RectifyPixel(Span<float> pixel, float* slopes)
    {
        int c = 0;
        for (; c <= pixel.Length - Vector<float>.Count; c += Vector<float>.Count)
        {
            var x = new Vector<float>(pixel[c..]);
            Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, x * Vector.Load(slopes + c)).CopyTo(pixel[c..]);
        }

        for (; c < pixel.Length; c++)
        {
            pixel[c] = pixel[c] > 0 ? pixel[c] : pixel[c] * slopes[c];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RectifyPixelBack(Span<float> gradient, ReadOnlySpan<float> pixel, float* slopes, Span<float> sums)
    {
        int c = 0;
        for (; c <= pixel.Length - Vector<float>.Count; c += Vector<float>.Count)
        {
            var x = new Vector<float>(pixel[c..]);
            var g = new Vector<float>(gradient[c..]);
            Vector<int> isAbove = Vector.GreaterThan(x, Vector<float>.Zero);
            (new Vector<float>(sums[c..]) + Vector.ConditionalSelect(isAbove, Vector<float>.Zero, g * x)).CopyTo(sums[c..]);
            Vector.ConditionalSelect(isAbove, g, g * Vector.Load(slopes + c)).CopyTo(gradient[c..]);
        }

        for (; c < pixel.Length; c++)
        {
            sums[c] += pixel[c] > 0 ? 0 : gradient[c] * pixel[c];
            gradient[c] = pixel[c] > 0 ? gradient[c] : gradient[c] * slopes[c];
        }
    }

    private readonly record struct Block(int Index, long First, int Values);
}
