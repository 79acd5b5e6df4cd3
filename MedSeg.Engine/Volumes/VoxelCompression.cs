namespace MedSeg.Volumes;

/// <summary>How the voxels of a file are compressed.</summary>
internal enum VoxelCompression
{
    None,
    Gzip,
    Zlib,
}
