namespace MedSeg.Volumes;

/// <summary>A volume of numbers.</summary>
/// <param name="Header">What its header states.</param>
/// <param name="Voxels">Its voxels.</param>
internal sealed record VoxelVolume(VolumeHeader Header, VoxelArray Voxels);
