namespace MedSeg.Tests.Data.Files;

/// <summary>A frame of a DICOM SEG on <see cref="SmallScan"/>: the height above the first slice in mm, the segment (null in a label map), the pixels, and the UID of its source.</summary>
internal sealed record SmallFrame(double Z, int? Segment, byte[] Mask, string? Source = null);
