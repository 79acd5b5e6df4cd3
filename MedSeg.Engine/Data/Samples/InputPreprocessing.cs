using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Samples;

/// <summary>Converts an image to the network's input.</summary>
internal static class InputPreprocessing
{
    /// <summary>Normalises an image, channel by channel, and resizes it to the network's input size.</summary>
    /// <param name="image">The image, with finite values; its pixels and those of its other channels are overwritten.</param>
    /// <param name="geometry">The sizes, and the place in the square.</param>
    /// <param name="normalization">How intensities are scaled; by the window only if the image has one.</param>
    /// <returns>The input [C, S, S].</returns>
    public static float[] Prepare(ImageSlice image, ResizeGeometry geometry, Normalization normalization)
    {
        float[] first = PrepareChannel(image, geometry, normalization);
        return image.OtherChannels.Count == 0 ? first : [.. first, .. image.OtherChannels.SelectMany(channel => PrepareChannel(channel, geometry, normalization))];
    }

    private static float[] PrepareChannel(ImageSlice image, ResizeGeometry geometry, Normalization normalization)
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
