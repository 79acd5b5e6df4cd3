using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>A frame of the DICOM SEG being written.</summary>
/// <param name="Roi">The ROI, which is the segment's number.</param>
/// <param name="Place">The index of the slice in the series, from 1.</param>
/// <param name="Position">The centre of the first pixel, in mm; null unless every slice of the series states it.</param>
/// <param name="Instance">The UID of the source image.</param>
/// <param name="SourceFrame">The frame of the source image, from 1; null for a single-frame image.</param>
internal sealed record SegOutputFrame(int Roi, int Place, Vector3D? Position, string Instance, int? SourceFrame);
