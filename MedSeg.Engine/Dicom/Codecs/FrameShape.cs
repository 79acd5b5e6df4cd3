namespace MedSeg.Dicom.Codecs;

/// <summary>The shape of a frame according to the data set.</summary>
/// <param name="Rows">The number of rows (0028,0010).</param>
/// <param name="Columns">The number of columns (0028,0011).</param>
/// <param name="Components">The number of samples per pixel (0028,0002): 1 for grey, 3 for colour.</param>
internal readonly record struct FrameShape(int Rows, int Columns, int Components);
