namespace MedSeg.Imaging;

/// <summary>Receives the probabilities of a row of an image.</summary>
/// <param name="row">The row.</param>
/// <param name="probabilities">The probabilities, [channels, columns]; 0 where the network saw nothing.</param>
/// <param name="mask">The ROI numbers of the row.</param>
/// <param name="confidence">The probabilities of these ROIs, which may be changed.</param>
internal delegate void ProbabilityRow(int row, ReadOnlySpan<float> probabilities, ReadOnlySpan<byte> mask, Span<float> confidence);
