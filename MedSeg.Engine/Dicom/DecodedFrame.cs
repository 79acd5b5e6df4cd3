namespace MedSeg.Dicom;

/// <summary>A decoded frame.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Components">The number of samples of a pixel.</param>
/// <param name="Precision">The number of bits of a sample, as the codestream says.</param>
/// <param name="IsSigned">Whether samples are signed, as the codestream says.</param>
/// <param name="Samples">The samples, interleaved by pixel, row by row.</param>
internal sealed record DecodedFrame(int Rows, int Columns, int Components, int Precision, bool IsSigned, int[] Samples);
