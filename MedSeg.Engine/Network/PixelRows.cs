using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>The values of an image, [B, C, H, W], pixel after pixel with the channels of each together; between pixels there may be a gap.</summary>
internal sealed unsafe class PixelRows : IDisposable
{
    private readonly Tensor _rows;

    private PixelRows(Tensor rows)
    {
        _rows = rows;
        long[] shape = rows.shape;
        Stride = (int)rows.stride(2);
        Pixels = shape[0] * shape[1] * shape[2];
        Channels = (int)shape[3];

        // The first pixel's bytes, since a span has no gaps and cannot hold as many as a large batch has.
        using Tensor image = rows.narrow(0, 0, 1);
        using Tensor row = image.narrow(1, 0, 1);
        using Tensor pixel = row.narrow(2, 0, 1);
        fixed (byte* start = pixel.bytes)
        {
            Start = (float*)start;
        }
    }

    /// <summary>Gets the first value. Valid until this is disposed.</summary>
    public float* Start { get; }

    /// <summary>Gets the distance of a pixel's values to those of the next.</summary>
    public int Stride { get; }

    /// <summary>Gets the number of channels, C.</summary>
    public int Channels { get; }

    /// <summary>Gets the number of pixels of all images, B × H × W.</summary>
    public long Pixels { get; }

    /// <summary>Gets a value indicating whether one pixel's values follow the other's without a gap.</summary>
    public bool IsDense => Stride == Channels;

    /// <summary>Gets the values of an image; they are copied where they lie in another order.</summary>
    /// <param name="image">The image, [B, C, H, W] float32, on the processor.</param>
    public static PixelRows Of(Tensor image)
    {
        using Tensor plain = image.detach();
        Tensor rows = plain.permute(0, 2, 3, 1);
        if (!AreInOrder(rows.shape, rows.stride()))
        {
            using Tensor other = rows;
            rows = other.contiguous();
        }

        return new PixelRows(rows.DetachFromDisposeScope());
    }

    /// <summary>Gives the same memory as an image, [B, C, H, W] with the channels last in memory.</summary>
    public Tensor ToImage() => _rows.permute(0, 3, 1, 2);

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    // Where a dimension has one element, its stride is anything.
    private static bool AreInOrder(long[] shape, long[] strides) =>
        (shape[3] == 1 || strides[3] == 1)
        && (shape[2] == 1 || strides[2] >= shape[3])
        && (shape[1] == 1 || (shape[2] > 1 && strides[1] == shape[2] * strides[2]))
        && (shape[0] == 1 || (shape[1] > 1 && strides[0] == shape[1] * strides[1]));
}
