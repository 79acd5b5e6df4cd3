namespace MedSeg.Dicom;

/// <summary>The form of a frame that the data set states.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
/// <param name="Components">The number of samples of a pixel.</param>
internal readonly record struct FrameShape(int Rows, int Columns, int Components);
