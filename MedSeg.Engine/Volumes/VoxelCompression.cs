namespace MedSeg.Volumes;

/// <summary>How the voxels of a file are encoded.</summary>
internal enum VoxelCompression
{
    None,
    Gzip,
    Zlib,
    Bzip2,

    /// <summary>Not compressed: numbers in text.</summary>
    Text,

    /// <summary>Not compressed: bytes in hexadecimal digits.</summary>
    Hex,
}
