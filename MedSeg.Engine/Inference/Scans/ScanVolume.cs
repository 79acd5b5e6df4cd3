using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>A volume to segment that is not DICOM, before its voxels are read.</summary>
/// <param name="Header">What its header states.</param>
/// <param name="Slices">How it is cut into slices.</param>
internal sealed record ScanVolume(VolumeHeader Header, VolumeSlices Slices);
