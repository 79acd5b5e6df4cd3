using MedSeg.Inference.Backends;

namespace MedSeg.Inference;

/// <summary>Computes the probabilities of a batch, at once or as the mean of several views.</summary>
internal static class Inferer
{
    /// <summary>Computes the probabilities.</summary>
    /// <param name="backend">Computes probabilities.</param>
    /// <param name="images">The slices, [B, S, S].</param>
    /// <param name="count">The number B of slices.</param>
    /// <param name="size">The side S.</param>
    /// <param name="channels">The number C of channels.</param>
    /// <param name="probabilities">Receives [B, C, S, S].</param>
    /// <param name="views">Whether to look several times.</param>
    public static void Compute(ISegmentationBackend backend, float[] images, int count, int size, int channels, float[] probabilities, bool views)
    {
        if (views)
        {
            TestTimeAugmenter.Run(backend, images, count, size, channels, probabilities);
        }
        else
        {
            backend.Run(images, count, probabilities);
        }
    }
}
