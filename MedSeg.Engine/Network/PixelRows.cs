using static TorchSharp.torch;

namespace MedSeg.Network;

/// <summary>The values of an image, [B, C, H, W], pixel after pixel with the channels of each together, or some of its channels.</summary>
internal sealed unsafe class PixelRows : IDisposable
{
    private readonly Tensor _rows;

    private PixelRows(Tensor rows, int firstChannel, int channels)
    {
        _rows = rows;
        long[] shape = rows.shape;
        Stride = (int)shape[3];
        Pixels = shape[0] * shape[1] * shape[2];
        Channels = channels;

        // The first sample's bytes, since a span cannot hold as many as a large batch has.
        using Tensor first = rows.narrow(0, 0, 1);
        fixed (byte* start = first.bytes)
        {
            Start = (float*)start + firstChannel;
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
    public static PixelRows Of(Tensor image) => Of(image, 0, (int)image.shape[1]);

    /// <summary>Gets the values of some channels.</summary>
    /// <param name="image">The image, [B, C, H, W] float32, on the processor.</param>
    /// <param name="firstChannel">The first channel.</param>
    /// <param name="channels">How many.</param>
    public static PixelRows Of(Tensor image, int firstChannel, int channels)
    {
        using Tensor plain = image.detach();
        Tensor rows = plain.permute(0, 2, 3, 1);
        if (!rows.is_contiguous())
        {
            using Tensor other = rows;
            rows = other.contiguous();
        }

        return new PixelRows(rows.DetachFromDisposeScope(), firstChannel, channels);
    }

    /// <summary>Gives the same memory as an image, [B, C, H, W] with the channels last in memory.</summary>
    public Tensor ToImage() => _rows.permute(0, 3, 1, 2);

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();
}
