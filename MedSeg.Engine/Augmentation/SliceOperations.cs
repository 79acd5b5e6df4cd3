using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace MedSeg.Augmentation;

/// <summary>
/// The operations that select slices and sample their pixels, as torch computes them. Overrides replace them where torch has no
/// implementation, as on its meta device.
/// </summary>
internal class SliceOperations
{
    /// <summary>Selects slices of [N, S, S] by their indices, [B] int64: [B, S, S].</summary>
    public virtual Tensor Select(Tensor slices, Tensor numbers) => slices.index_select(0, numbers);

    /// <summary>Samples [B, S, S] float32 at given positions, bilinearly; values beyond the edge are zero.</summary>
    /// <param name="images">The images.</param>
    /// <param name="grid">The positions x and y of each pixel of the result: [B, S, S, 2] float32, from -1 to 1 between the edges.</param>
    /// <returns>[B, S, S] float32.</returns>
    public virtual Tensor Interpolate(Tensor images, Tensor grid) => Sample(images, grid, GridSampleMode.Bilinear);

    /// <summary>Samples the nearest pixels; otherwise as <see cref="Interpolate"/>.</summary>
    public virtual Tensor TakeNearest(Tensor images, Tensor grid) => Sample(images, grid, GridSampleMode.Nearest);

    private static Tensor Sample(Tensor images, Tensor grid, GridSampleMode mode) =>
        functional.grid_sample(images.unsqueeze(1), grid, mode, GridSamplePaddingMode.Zeros, align_corners: false).squeeze(1);
}
