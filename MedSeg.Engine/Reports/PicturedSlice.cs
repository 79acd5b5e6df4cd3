using MedSeg.Imaging;
using MedSeg.Pictures;
using MedSeg.Volumes;

namespace MedSeg.Reports;

/// <summary>A slice of any shape and its ROIs, to be drawn for a reader.</summary>
/// <param name="Image">The intensities, row by row.</param>
/// <param name="Mask">The ROI of each pixel; 255 is an ignored pixel.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
internal sealed record PicturedSlice(float[] Image, byte[] Mask, int Rows, int Columns)
{
    /// <summary>Gets the distance between pixels; null if it is not known, and pixels are drawn as squares.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets where the pixels are in the patient; null if it is not known.</summary>
    public ImagePlane? Plane { get; init; }

    /// <summary>Gets the sides of the patient; null if they are not known.</summary>
    public SliceDirections? Directions { get; init; }
}
