namespace MedSeg.Inference;

/// <summary>A connected component of a mask.</summary>
/// <param name="Roi">The ROI's number, from 1.</param>
/// <param name="Pixels">The number of its pixels.</param>
internal readonly record struct MaskComponent(byte Roi, int Pixels);
