using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Data.Samples;

/// <summary>Why an image cannot become an input of the network.</summary>
/// <param name="ErrorId">The stable identifier.</param>
/// <param name="Finding">What was found, a whole sentence without the file's path.</param>
/// <param name="Advice">What to do.</param>
internal sealed record InputProblem(string ErrorId, string Finding, string Advice)
{
    /// <summary>Checks an image before it is normalised.</summary>
    /// <param name="image">The image.</param>
    /// <param name="normalization">How it will be normalised.</param>
    /// <returns>The problem; null where the image can be used.</returns>
    public static InputProblem? Find(DicomImage image, Normalization normalization)
    {
        if (!IntensityNormalizer.IsFinite(image.Pixels))
        {
            return new(ErrorIds.ImageNotFinite, "The image has values that are NaN or infinite.", "Check its Rescale Slope (0028,1053) and Rescale Intercept (0028,1052).");
        }

        return normalization == Normalization.Window && image.Window is null
            ? new(ErrorIds.WindowMissing, "The image has no usable Window Center (0028,1050) and Window Width (0028,1051).", "Use another -Normalization, or add them to the file.")
            : null;
    }
}
