namespace MedSeg.Metrics;

/// <summary>A pixel that a model gave to an ROI, and what it is.</summary>
/// <param name="Probabilities">The probabilities of the background and of the ROIs 1 to K.</param>
/// <param name="Chosen">The ROI that the model chose.</param>
/// <param name="Truth">The ROI in the label; 0 for background.</param>
/// <param name="Weight">The number of pixels that it stands for.</param>
internal readonly record struct ScoredPixel(ReadOnlyMemory<float> Probabilities, byte Chosen, byte Truth, double Weight);
