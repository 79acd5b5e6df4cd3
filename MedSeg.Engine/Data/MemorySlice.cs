namespace MedSeg.Data;

/// <summary>Pixels that stay in memory as long as their sample.</summary>
/// <param name="image">The normalised intensities, [S, S].</param>
/// <param name="roi">The ROI numbers, [S, S].</param>
internal sealed class MemorySlice(float[] image, byte[] roi) : SlicePixels
{
    /// <inheritdoc/>
    public override SliceLease Open() => new(image, roi);
}
