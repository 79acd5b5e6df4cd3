using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Samples;

/// <summary>Converts an image to the network's input.</summary>
internal static class InputPreprocessing
{
    /// <summary>Normalises an image and resizes it to the network's input size.</summary>
    /// <param name="image">The image, with finite values; its pixels are overwritten.</param>
    /// <param name="geometry">The sizes, and the place in the square.</param>
    /// <param name="normalization">How intensities are scaled; by the window only if the image has one.</param>
    /// <returns>The input [S, S].</returns>
    public static float[] Prepare(ImageSlice image, ResizeGeometry geometry, Normalization normalization)
    {
        // Percentiles, means and standard deviations are computed without padding; the range is that of the resized image.
        bool isRangeOfResult = normalization is Normalization.MinMax or Normalization.None;
        if (normalization == Normalization.Window)
        {
            image.Window!.Apply(image.Pixels);
        }
        else if (!isRangeOfResult)
        {
            IntensityNormalizer.Apply(image.Pixels, normalization);
        }

        float[] pixels = ImageResizer.FitImage(image.Pixels, geometry);
        if (isRangeOfResult)
        {
            IntensityNormalizer.Apply(pixels, normalization);
        }

        return pixels;
    }
}
