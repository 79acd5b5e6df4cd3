using MedSeg.Errors;

namespace MedSeg.Inference.Backends;

/// <summary>Computes probabilities. Implementations run the network with one library each.</summary>
internal interface ISegmentationBackend : IDisposable
{
    /// <summary>Computes the probabilities of a batch.</summary>
    /// <param name="images">The normalised slices, [B, S, S]; the span may be longer.</param>
    /// <param name="count">The number B of slices.</param>
    /// <param name="probabilities">Receives the probabilities, [B, K + 1, S, S]; at each pixel they sum to 1.</param>
    /// <exception cref="MedSegException">The device ran out of memory or failed.</exception>
    void Run(ReadOnlySpan<float> images, int count, Span<float> probabilities);
}
