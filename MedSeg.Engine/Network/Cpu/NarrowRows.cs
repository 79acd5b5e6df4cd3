using MedSeg.Tensors;
using static TorchSharp.torch;

namespace MedSeg.Network.Cpu;

/// <summary>The pixels of bfloat16 images on the CPU, [B, H, W, C] without gaps.</summary>
/// <param name="rows">The values, contiguous bfloat16. They must exist as long as this is used.</param>
internal sealed unsafe class NarrowRows(Tensor rows)
{
    /// <summary>Gets the first value: the upper 16 bits of a float32.</summary>
    public ushort* Start { get; } = (ushort*)TensorMemory.StartOfLarge(rows);

    /// <summary>Gets the number of pixels of all images.</summary>
    public long Pixels { get; } = rows.numel() / rows.shape[3];

    /// <summary>Gets the number of channels.</summary>
    public int Channels { get; } = (int)rows.shape[3];

    /// <summary>Returns images with their channels last in memory: the tensor itself if they are, otherwise a copy.</summary>
    /// <param name="image">The images, [B, C, H, W].</param>
    /// <returns>The images, [B, H, W, C] contiguous.</returns>
    public static Tensor Of(Tensor image)
    {
        using Tensor last = image.permute(0, 2, 3, 1);
        return last.contiguous();
    }
}
