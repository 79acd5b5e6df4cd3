using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom.Attributes;

/// <summary>The linear function that converts stored values to real values (DICOM PS3.3, C.11.1).</summary>
/// <param name="Slope">The slope, not zero.</param>
/// <param name="Intercept">The intercept.</param>
internal readonly record struct RescaleLine(double Slope, double Intercept)
{
    /// <summary>Gets a value indicating whether real values equal the stored values.</summary>
    public bool IsPlain => Slope == 1 && Intercept == 0;

    /// <summary>Converts a stored value to its real value.</summary>
    public float Of(double stored) => (float)((stored * Slope) + Intercept);

    /// <summary>Returns the sum of a real value and its mirrored value in MONOCHROME1.</summary>
    public double MirrorSum(PixelDescription pixels) =>
        (Slope * (pixels.IsSigned ? pixels.FlippedBits : (uint)pixels.FlippedBits)) + (2 * Intercept);

    /// <summary>Reads slope and intercept.</summary>
    /// <param name="dataset">The data set that contains them.</param>
    /// <returns>The function; a missing slope is 1, a missing intercept 0.</returns>
    /// <exception cref="FileFormatException">They are not numbers, or would map all pixels to the same value or beyond the range of single precision.</exception>
    public static RescaleLine Read(DicomDataset dataset)
    {
        double slope = dataset.GetDecimal(DicomTag.RescaleSlope, "Rescale Slope", fallback: 1);
        double intercept = dataset.GetDecimal(DicomTag.RescaleIntercept, "Rescale Intercept", fallback: 0);
        return slope != 0 && (Math.Abs(slope) * uint.MaxValue) + Math.Abs(intercept) <= float.MaxValue
            ? new RescaleLine(slope, intercept)
            : throw dataset.Source.Error(
                ErrorIds.DicomInvalid,
                $"Rescale Slope {DicomTag.RescaleSlope} is zero, or too large together with the intercept: pixels would all be equal, or infinite.",
                DicomAdvice.Correct);
    }
}
