namespace MedSeg.Imaging;

/// <summary>The way in which masks are resized to the network's input size.</summary>
public enum LabelResampling
{
    /// <summary>
    /// Gives each pixel to the ROI with the largest share of its area. ROIs stay where they are in the image. Where an image is enlarged,
    /// this is linear interpolation.
    /// </summary>
    Area,

    /// <summary>
    /// Picks the nearest pixel, as MedSeg did before it had <see cref="Area"/>. When the size is divided by an even number, this moves
    /// ROIs up and to the left by half a pixel of the original image.
    /// </summary>
    Nearest,
}
