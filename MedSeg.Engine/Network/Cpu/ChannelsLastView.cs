using MedSeg.Devices;
using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>The values of an image, [B, C, H, W], channels last in memory; there may be gaps between pixels.</summary>
internal sealed unsafe class ChannelsLastView : IDisposable
{
    private readonly Tensor _rows;

    private ChannelsLastView(Tensor rows)
    {
        _rows = rows;
        long[] shape = rows.shape;
        Stride = (int)rows.stride(2);
        Images = (int)shape[0];
        Height = (int)shape[1];
        Width = (int)shape[2];
        Channels = (int)shape[3];

        Start = IsDense && Pixels * Stride <= int.MaxValue / sizeof(float) ? TensorMemory.Start(rows) : StartOfPart(rows);
    }

    /// <summary>Gets a pointer to the first value, which is valid until disposal.</summary>
    public float* Start { get; }

    /// <summary>Gets the distance between consecutive pixels, in values.</summary>
    public int Stride { get; }

    /// <summary>Gets the number of channels, C.</summary>
    public int Channels { get; }

    /// <summary>Gets the number of images, B.</summary>
    public int Images { get; }

    /// <summary>Gets the number of rows of an image, H.</summary>
    public int Height { get; }

    /// <summary>Gets the number of columns of an image, W.</summary>
    public int Width { get; }

    /// <summary>Gets the number of pixels of all images, B × H × W.</summary>
    public long Pixels => (long)Images * Height * Width;

    /// <summary>Gets a value indicating whether there are no gaps between pixels.</summary>
    public bool IsDense => Stride == Channels;

    /// <summary>Returns the values of an image, which are copied if they are in another order.</summary>
    /// <param name="image">The image, [B, C, H, W] float32, on the CPU.</param>
    public static ChannelsLastView Of(Tensor image)
    {
        using Tensor plain = image.detach();
        Tensor rows = plain.permute(0, 2, 3, 1);
        if (!AreInOrder(rows.shape, rows.stride()))
        {
            using Tensor other = rows;
            rows = other.contiguous();
        }

        return new ChannelsLastView(rows.DetachFromDisposeScope());
    }

    /// <summary>Allocates images with undefined values.</summary>
    /// <param name="images">The number of images, B.</param>
    /// <param name="height">The number of rows, H.</param>
    /// <param name="width">The number of columns, W.</param>
    /// <param name="channels">The number of channels, C.</param>
    public static ChannelsLastView Empty(int images, int height, int width, int channels) =>
        new(empty(images, height, width, channels, ScalarType.Float32).DetachFromDisposeScope());

    /// <summary>Concatenates the channels of two images.</summary>
    /// <param name="first">The first image, [B, C, H, W].</param>
    /// <param name="second">The second image, [B, D, H, W].</param>
    /// <returns>[B, C + D, H, W].</returns>
    public static Tensor Join(Tensor first, Tensor second)
    {
        using ChannelsLastView left = Of(first);
        using ChannelsLastView right = Of(second);
        using ChannelsLastView joined = Empty(left.Images, left.Height, left.Width, left.Channels + right.Channels);
        int block = left.Width;
        CpuParallel.For((int)(left.Pixels / block), left.Pixels * joined.Channels, row =>
        {
            float* to = joined.Start + (row * (long)block * joined.Stride);
            for (long pixel = row * (long)block; pixel < (row + 1L) * block; pixel++, to += joined.Stride)
            {
                new ReadOnlySpan<float>(left.Start + (pixel * left.Stride), left.Channels).CopyTo(new Span<float>(to, left.Channels));
                new ReadOnlySpan<float>(right.Start + (pixel * right.Stride), right.Channels).CopyTo(new Span<float>(to + left.Channels, right.Channels));
            }
        });
        return joined.ToImage();
    }

    /// <summary>Copies the images and appends channels of zeros.</summary>
    /// <param name="channels">The number of channels of the copy.</param>
    public ChannelsLastView Widen(int channels)
    {
        ChannelsLastView wide = Empty(Images, Height, Width, channels);
        float* from = Start;
        float* to = wide.Start;
        for (long pixel = 0; pixel < Pixels; pixel++, from += Stride, to += channels)
        {
            var target = new Span<float>(to, channels);
            new ReadOnlySpan<float>(from, Channels).CopyTo(target);
            target[Channels..].Clear();
        }

        return wide;
    }

    /// <summary>Returns the same memory as a tensor, [B, C, H, W] channels last in memory.</summary>
    public Tensor ToImage() => _rows.permute(0, 3, 1, 2);

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    // Only the bytes of the first pixel, because a span has no gaps and cannot be as long as a large batch.
    private static float* StartOfPart(Tensor rows)
    {
        using Tensor image = rows.narrow(0, 0, 1);
        using Tensor row = image.narrow(1, 0, 1);
        using Tensor pixel = row.narrow(2, 0, 1);
        return TensorMemory.Start(pixel);
    }

    // The stride of a dimension with one element is arbitrary.
    private static bool AreInOrder(long[] shape, long[] strides) =>
        (shape[3] == 1 || strides[3] == 1)
        && (shape[2] == 1 || strides[2] >= shape[3])
        && (shape[1] == 1 || (shape[2] > 1 && strides[1] == shape[2] * strides[2]))
        && (shape[0] == 1 || (shape[1] > 1 && strides[0] == shape[1] * strides[1]));
}
