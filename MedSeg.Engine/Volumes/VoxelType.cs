namespace MedSeg.Volumes;

/// <summary>The type of the numbers that a volume's file stores.</summary>
internal enum VoxelType
{
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    UInt64,
    Int64,
    Float32,
    Float64,
}
