using MedSeg.Imaging;

namespace MedSeg.Pictures;

/// <summary>What is written on an overlay.</summary>
/// <param name="RoiNames">The names of the ROIs 1 to K, for the legend below the slice.</param>
internal sealed record OverlayNotes(IReadOnlyList<string> RoiNames)
{
    /// <summary>Gets the distance between pixels, for the scale bar; null if it is not known.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets the sides of the patient; null if they are not known.</summary>
    public SliceDirections? Directions { get; init; }
}
