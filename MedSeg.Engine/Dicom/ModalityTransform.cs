namespace MedSeg.Dicom;

/// <summary>Turns stored values into real ones (DICOM PS3.3, C.11.1: slope and intercept).</summary>
internal static class ModalityTransform
{
    /// <summary>Applies the polarity, the rescale slope and the rescale intercept.</summary>
    /// <param name="stored">The stored values.</param>
    /// <param name="pixels">How they are laid out.</param>
    /// <param name="dataset">The data set that states slope and intercept.</param>
    /// <returns>The real values, row by row.</returns>
    public static float[] Apply(int[] stored, PixelDescription pixels, DicomDataset dataset)
    {
        if (dataset.Contains(DicomTag.ModalityLutSequence))
        {
            throw dataset.Source.Error(
                DicomErrorId.Unsupported,
                $"the image has a Modality LUT Sequence {DicomTag.ModalityLutSequence}; MedSeg reads images whose values follow from slope and intercept. Export it with its modality LUT applied (for example with dcmtk's dcm2img).",
                dataset.Find(DicomTag.ModalityLutSequence)!.Offset);
        }

        double slope = dataset.GetDecimal(DicomTag.RescaleSlope, "Rescale Slope", fallback: 1);
        double intercept = dataset.GetDecimal(DicomTag.RescaleIntercept, "Rescale Intercept", fallback: 0);
        if (slope == 0 || (Math.Abs(slope) * uint.MaxValue) + Math.Abs(intercept) > float.MaxValue)
        {
            throw dataset.Source.Error(
                DicomErrorId.Invalid,
                $"Rescale Slope {DicomTag.RescaleSlope} is zero or, with the intercept, too great: every pixel would have the same or no value. Correct the element (for example with dcmtk's dcmodify) or export the file again.");
        }

        float[] values = new float[stored.Length];
        int allBits = (int)(uint.MaxValue >> (32 - pixels.BitsStored));
        for (int i = 0; i < values.Length; i++)
        {
            int value = stored[i];
            if (pixels.IsInverted)
            {
                // The mirror image within the stored range: −1 − v of a signed value, 2^bits − 1 − v of an unsigned one.
                value = pixels.IsSigned ? ~value : value ^ allBits;
            }

            double number = pixels.IsSigned ? value : (uint)value;
            values[i] = (float)((number * slope) + intercept);
        }

        return values;
    }
}
