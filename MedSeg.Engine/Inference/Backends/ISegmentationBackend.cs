using MedSeg.Errors;

namespace MedSeg.Inference.Backends;

/// <summary>What computes probabilities: the seam between segmentation and the library that runs the network.</summary>
internal interface ISegmentationBackend : IDisposable
{
    /// <summary>Computes the probabilities of a batch.</summary>
    /// <param name="images">The normalised slices, [B, S, S]; at least that many values.</param>
    /// <param name="count">The number B of slices.</param>
    /// <param name="probabilities">Receives [B, K + 1, S, S]; at each pixel they add up to 1.</param>
    /// <exception cref="MedSegException">The device ran out of memory or failed.</exception>
    void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities);
}
