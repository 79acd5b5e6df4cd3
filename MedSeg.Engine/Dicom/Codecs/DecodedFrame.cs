namespace MedSeg.Dicom.Codecs;

/// <summary>A decoded frame.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Components">The number of samples of a pixel.</param>
/// <param name="Precision">The number of bits of a sample that the codestream states.</param>
/// <param name="IsSigned">
/// Whether the codestream says that samples are signed; where it has no such notion, <see langword="false"/>, and the caller
/// extends the sign of what the data set calls signed.
/// </param>
/// <param name="Samples">The samples, interleaved by pixel (component fastest), row by row.</param>
internal sealed record DecodedFrame(int Rows, int Columns, int Components, int Precision, bool IsSigned, int[] Samples);
