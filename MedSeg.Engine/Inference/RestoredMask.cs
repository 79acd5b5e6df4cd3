namespace MedSeg.Inference;

/// <summary>A mask at the image's own size.</summary>
/// <param name="Mask">The ROI numbers after postprocessing, row by row.</param>
/// <param name="Predicted">The ROI numbers before it; the same array if the options change nothing.</param>
/// <param name="Confidence">The probability of the predicted ROI at each pixel, with the model's temperature; without it for background.</param>
internal sealed record RestoredMask(byte[] Mask, byte[] Predicted, float[] Confidence);
