using MedSeg.Imaging;

namespace MedSeg.Data.Samples;

/// <summary>Pixels in memory.</summary>
/// <param name="image">The normalised intensities, [C, S, S].</param>
/// <param name="roi">The ROI numbers, [S, S].</param>
/// <param name="truth">The ROI numbers at the mask's original size; null if that is S × S.</param>
internal sealed class InMemorySlice(float[] image, byte[] roi, PackedMask? truth = null) : SliceStore
{
    /// <inheritdoc/>
    public override RentedSlice Open() => new(image, roi);

    /// <inheritdoc/>
    public override PackedMask ReadTruth() => truth ?? PackedMask.Of(roi);
}
