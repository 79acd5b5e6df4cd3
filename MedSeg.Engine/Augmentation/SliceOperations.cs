using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Augmentation;

/// <summary>
/// The operations that take slices and their pixels from where they are, as torch computes them. Other ways of computing the same
/// take their place where torch has none, as on its meta device.
/// </summary>
internal class SliceOperations
{
    /// <summary>Takes slices of [N, S, S] by their numbers, [B] int64: [B, S, S].</summary>
    public virtual Tensor Select(Tensor slices, Tensor numbers) => slices.index_select(0, numbers);

    /// <summary>Takes the pixels of [B, S, S] float32 at places, bilinear; beyond the edge is zero.</summary>
    /// <param name="images">The images.</param>
    /// <param name="grid">The places, x and y of each pixel of the result: [B, S, S, 2] float32, from -1 to 1 from edge to edge.</param>
    /// <returns>[B, S, S] float32.</returns>
    public virtual Tensor Interpolate(Tensor images, Tensor grid) => Sample(images, grid, GridSampleMode.Bilinear);

    /// <summary>Takes the nearest pixels, as <see cref="Interpolate"/> does those between.</summary>
    public virtual Tensor TakeNearest(Tensor images, Tensor grid) => Sample(images, grid, GridSampleMode.Nearest);

    private static Tensor Sample(Tensor images, Tensor grid, GridSampleMode mode) =>
        functional.grid_sample(images.unsqueeze(1), grid, mode, GridSamplePaddingMode.Zeros, align_corners: false).squeeze(1);
}
