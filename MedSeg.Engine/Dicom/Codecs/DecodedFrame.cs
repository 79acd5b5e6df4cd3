namespace MedSeg.Dicom.Codecs;

/// <summary>A decoded frame.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Components">The number of samples per pixel.</param>
/// <param name="Precision">The number of bits per sample in the codestream.</param>
/// <param name="IsSigned">
/// Whether samples are signed according to the codestream; <see langword="false"/> for formats without such a flag, for
/// which the caller extends the sign as the data set states.
/// </param>
/// <param name="Samples">The samples, interleaved by pixel (component fastest), row by row.</param>
internal sealed record DecodedFrame(int Rows, int Columns, int Components, int Precision, bool IsSigned, int[] Samples);
