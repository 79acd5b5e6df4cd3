using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom.Attributes;

/// <summary>The line that turns stored values into real ones (DICOM PS3.3, C.11.1).</summary>
/// <param name="Slope">The slope, not zero.</param>
/// <param name="Intercept">The intercept.</param>
internal readonly record struct RescaleLine(double Slope, double Intercept)
{
    /// <summary>Gets a value indicating whether real values are the stored ones.</summary>
    public bool IsPlain => Slope == 1 && Intercept == 0;

    /// <summary>Gives the real value of a stored one.</summary>
    public float Of(double stored) => (float)((stored * Slope) + Intercept);

    /// <summary>Gives the sum of a real value and its mirror image in MONOCHROME1.</summary>
    public double MirrorSum(PixelDescription pixels) =>
        (Slope * (pixels.IsSigned ? pixels.FlippedBits : (uint)pixels.FlippedBits)) + (2 * Intercept);

    /// <summary>Reads slope and intercept.</summary>
    /// <param name="dataset">The data set that holds them.</param>
    /// <returns>The line; 1 and 0 stand for what is left out.</returns>
    /// <exception cref="FileFormatException">They are no numbers, or give every pixel the same or no value.</exception>
    public static RescaleLine Read(DicomDataset dataset)
    {
        double slope = dataset.GetDecimal(DicomTag.RescaleSlope, "Rescale Slope", fallback: 1);
        double intercept = dataset.GetDecimal(DicomTag.RescaleIntercept, "Rescale Intercept", fallback: 0);
        return slope != 0 && (Math.Abs(slope) * uint.MaxValue) + Math.Abs(intercept) <= float.MaxValue
            ? new RescaleLine(slope, intercept)
            : throw dataset.Source.Error(
                DicomErrorId.Invalid,
                $"Rescale Slope {DicomTag.RescaleSlope} is zero or, with the intercept, too great: every pixel would have the same or no value. Correct the element (for example with dcmtk's dcmodify) or export the file again.");
    }
}
