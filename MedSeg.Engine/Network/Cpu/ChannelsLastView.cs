using MedSeg.Devices;
using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>
/// The values of an image, [B, C, H, W], channels last in memory; there may be gaps between pixels. The memory is a tensor's or an arena's. An arena's
/// values may be bfloat16, which kernels read and write as <see cref="BFloat16Format"/>.
/// </summary>
internal sealed unsafe class ChannelsLastView : IDisposable
{
    // The cost of a value that is copied alone, in operations of a convolution.
    private const long ScatteredOperations = 16;

    private readonly Tensor? _rows;
    private readonly ImageMemory? _memory;
    private bool _isDisposed;

    private ChannelsLastView(Tensor rows)
    {
        _rows = rows;
        long[] shape = rows.shape;
        Stride = (int)rows.stride(2);
        (Images, Height, Width, Channels) = ((int)shape[0], (int)shape[1], (int)shape[2], (int)shape[3]);
        Bytes = (byte*)(IsDense && Pixels * Stride <= int.MaxValue / sizeof(float) ? TensorMemory.Start(rows) : StartOfPart(rows));
    }

    private ChannelsLastView(ImageMemory memory, byte* start, (int Images, int Height, int Width, int Channels) shape, int stride, bool isNarrow)
    {
        _memory = memory;
        (Images, Height, Width, Channels) = shape;
        Bytes = start;
        Stride = stride;
        IsNarrow = isNarrow;
    }

    /// <summary>Gets a value indicating whether the values are bfloat16; otherwise they are float32.</summary>
    public bool IsNarrow { get; }

    /// <summary>Gets a value indicating whether the memory is an arena's.</summary>
    public bool IsRented => _memory is not null;

    /// <summary>Gets the number of bytes of a value.</summary>
    public int ValueSize => IsNarrow ? sizeof(ushort) : sizeof(float);

    /// <summary>Gets a pointer to the first value in either format, which is valid until disposal.</summary>
    public byte* Bytes { get; }

    /// <summary>Gets a pointer to the first value of a float32 image, which is valid until disposal.</summary>
    /// <exception cref="InvalidOperationException">The values are bfloat16.</exception>
    public float* Start => IsNarrow ? throw new InvalidOperationException("The image is bfloat16.") : (float*)Bytes;

    /// <summary>Gets the distance between consecutive pixels, in values.</summary>
    public int Stride { get; }

    /// <summary>Gets the number of channels for which there is room after those of each pixel.</summary>
    private int Room { get; init; }

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

    /// <summary>Allocates images with undefined values in an arena.</summary>
    /// <param name="arena">The arena.</param>
    /// <param name="images">The number of images, B.</param>
    /// <param name="height">The number of rows, H.</param>
    /// <param name="width">The number of columns, W.</param>
    /// <param name="channels">The number of channels, C.</param>
    /// <param name="isKept">Whether the images are kept from the forward pass to the backward pass.</param>
    /// <param name="room">The channels for which there is room after those of each pixel, for <see cref="TryAppend"/>.</param>
    /// <param name="isNarrow">Whether the values are bfloat16.</param>
    public static ChannelsLastView Empty(ImageArena arena, int images, int height, int width, int channels, bool isKept = false, int room = 0, bool isNarrow = false)
    {
        long values = (long)images * height * width * (channels + room);
        ImageMemory memory = arena.Rent(isNarrow ? (values + 1) / 2 : values, isKept);
        return new ChannelsLastView(memory, (byte*)memory.Start, (images, height, width, channels), channels + room, isNarrow) { Room = room };
    }

    /// <summary>Allocates images of the same shape and format, without gaps.</summary>
    /// <param name="arena">The arena.</param>
    /// <param name="isKept">Whether the images are kept from the forward pass to the backward pass.</param>
    public ChannelsLastView EmptyLike(ImageArena arena, bool isKept = false) => Empty(arena, Images, Height, Width, Channels, isKept, isNarrow: IsNarrow);

    /// <summary>Concatenates the channels of two images of the same size. The result is bfloat16 if both are.</summary>
    /// <param name="arena">The arena of the result.</param>
    /// <param name="first">The first image, [B, C, H, W].</param>
    /// <param name="second">The second image, [B, D, H, W].</param>
    /// <param name="isKept">Whether the result is kept from the forward pass to the backward pass.</param>
    /// <returns>[B, C + D, H, W].</returns>
    public static ChannelsLastView Join(ImageArena arena, ChannelsLastView first, ChannelsLastView second, bool isKept)
    {
        ChannelsLastView joined = Empty(arena, first.Images, first.Height, first.Width, first.Channels + second.Channels, isKept, isNarrow: first.IsNarrow && second.IsNarrow);
        first.CopyTo(joined, 0);
        second.CopyTo(joined, first.Channels);
        return joined;
    }

    /// <summary>Appends the channels of an image of the same size, if there is just the room for them.</summary>
    /// <param name="other">The image, [B, D, H, W].</param>
    /// <returns>[B, C + D, H, W], in the same memory, which is in use until both images are disposed of; null if there is no room.</returns>
    public ChannelsLastView? TryAppend(ChannelsLastView other)
    {
        if (Room == 0 || Room != other.Channels || IsNarrow != other.IsNarrow)
        {
            return null;
        }

        var joined = new ChannelsLastView(_memory!.Share(), Bytes, (Images, Height, Width, Stride), Stride, IsNarrow);
        other.CopyTo(joined, Channels);
        return joined;
    }

    /// <summary>Returns some of the channels, in the same memory, which is in use until both images are disposed of.</summary>
    /// <param name="first">The first channel.</param>
    /// <param name="channels">The number of channels.</param>
    public ChannelsLastView Part(int first, int channels)
    {
        if (_memory is not null)
        {
            return new ChannelsLastView(_memory.Share(), Bytes + (first * ValueSize), (Images, Height, Width, channels), Stride, IsNarrow);
        }

        return new ChannelsLastView(_rows!.narrow(3, first, channels).DetachFromDisposeScope());
    }

    /// <summary>Copies the images as float32, and appends channels of zeros.</summary>
    /// <param name="channels">The number of channels of the copy.</param>
    public ChannelsLastView Pad(int channels)
    {
        ChannelsLastView padded = Empty(Images, Height, Width, channels);
        float* to = padded.Start;
        for (long pixel = 0; pixel < Pixels; pixel++, to += channels)
        {
            Read(pixel, count: 1, to);
            new Span<float>(to + Channels, channels - Channels).Clear();
        }

        return padded;
    }

    /// <summary>Copies consecutive pixels as float32, without gaps.</summary>
    /// <param name="first">The index of the first pixel.</param>
    /// <param name="count">The number of pixels.</param>
    /// <param name="to">Receives them.</param>
    public void Read(long first, long count, float* to)
    {
        // Pixels without gaps are one row of values.
        (int values, long rows) = IsDense ? (checked((int)(count * Channels)), 1) : (Channels, count);
        byte* from = Bytes + (first * Stride * ValueSize);
        for (long row = 0; row < rows; row++, from += Stride * ValueSize, to += values)
        {
            var target = new Span<float>(to, values);
            if (IsNarrow)
            {
                BFloat16Format.Read(from, target);
            }
            else
            {
                new ReadOnlySpan<float>(from, values).CopyTo(target);
            }
        }
    }

    /// <summary>Returns the same memory as a tensor, [B, C, H, W] channels last in memory. An arena's is valid until disposal.</summary>
    public Tensor ToImage() => _rows is not null
        ? _rows.permute(0, 3, 1, 2)
        : _memory!.AsTensor(Start - _memory.Start, [Images, Channels, Height, Width], [(long)Height * Width * Stride, 1, (long)Width * Stride, Stride]);

    /// <summary>Copies the images to a tensor with consecutive pixels in memory, as files and torch's users expect them.</summary>
    /// <returns>[B, C, H, W], contiguous.</returns>
    public Tensor ToPlanes()
    {
        Tensor planes = empty([Images, Channels, Height, Width], ScalarType.Float32);
        using Tensor flat = planes.view(-1);
        float* start = TensorMemory.StartOfLarge(flat);
        long plane = (long)Height * Width;
        CpuParallel.For(Images * Height, Pixels * Channels * ScatteredOperations, row =>
        {
            (int image, int top) = Math.DivRem(row, Height);
            float* from = Start + (row * (long)Width * Stride);
            float* to = start + (image * Channels * plane) + (top * (long)Width);
            for (int channel = 0; channel < Channels; channel++, to += plane)
            {
                for (int column = 0; column < Width; column++)
                {
                    to[column] = from[(column * (long)Stride) + channel];
                }
            }
        });
        return planes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _rows?.Dispose();
            _memory?.Release();
        }
    }

    private void CopyTo(ChannelsLastView to, int firstChannel) => CpuParallel.For(Images * Height, Pixels * Channels, row =>
    {
        long first = row * (long)Width;
        byte* from = Bytes + (first * Stride * ValueSize);
        byte* target = to.Bytes + (((first * to.Stride) + firstChannel) * to.ValueSize);
        for (int column = 0; column < Width; column++, from += Stride * ValueSize, target += to.Stride * to.ValueSize)
        {
            if (IsNarrow == to.IsNarrow)
            {
                new ReadOnlySpan<byte>(from, Channels * ValueSize).CopyTo(new Span<byte>(target, Channels * ValueSize));
            }
            else
            {
                Read(first + column, count: 1, (float*)target);
            }
        }
    });

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
