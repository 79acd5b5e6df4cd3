using System.Globalization;

namespace MedSeg.Imaging;

/// <summary>The connected components of an ROI in one mask; pixels that touch at a corner are connected.</summary>
/// <param name="Count">The number of components; 0 if the ROI does not occur in the mask.</param>
/// <param name="LargestPixels">The number of pixels of the largest component.</param>
/// <param name="StrayPixels">The number of pixels in components that are separate from the largest: more than two rows or columns away from its bounding box.</param>
public readonly record struct RoiComponents(int Count, long LargestPixels, long StrayPixels)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count}");
}
