namespace MedSeg.Dicom.Codecs;

/// <summary>The form of a frame that the data set states.</summary>
/// <param name="Rows">The number of rows (0028,0010).</param>
/// <param name="Columns">The number of columns (0028,0011).</param>
/// <param name="Components">The number of samples of a pixel (0028,0002): 1 for grey, 3 for colour.</param>
internal readonly record struct FrameShape(int Rows, int Columns, int Components);
