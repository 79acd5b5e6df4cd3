using System.Buffers.Binary;

namespace MedSeg.Volumes;

/// <summary>The voxels of a volume as its file stores them; each is decoded when it is asked for.</summary>
/// <param name="bytes">The file, or what it inflates to.</param>
/// <param name="offset">The offset of the first voxel, in bytes.</param>
/// <param name="type">The type of the stored numbers.</param>
/// <param name="isBigEndian">Whether they are big-endian.</param>
/// <param name="slope">What stored numbers are multiplied by.</param>
/// <param name="intercept">What is then added.</param>
internal sealed class VoxelArray(byte[] bytes, long offset, VoxelType type, bool isBigEndian, double slope = 1, double intercept = 0)
{
    private readonly int _size = SizeOf(type);

    /// <summary>Gets what stored numbers are multiplied by.</summary>
    public double Slope => slope;

    /// <summary>Gets a value indicating whether stored numbers are scaled.</summary>
    public bool IsScaled => slope != 1 || intercept != 0;

    /// <summary>Returns the size of a number, in bytes.</summary>
    /// <param name="type">Its type.</param>
    public static int SizeOf(VoxelType type) => type switch
    {
        VoxelType.UInt8 or VoxelType.Int8 => 1,
        VoxelType.UInt16 or VoxelType.Int16 => 2,
        VoxelType.UInt32 or VoxelType.Int32 or VoxelType.Float32 => 4,
        _ => 8,
    };

    /// <summary>Decodes a voxel as it is stored.</summary>
    /// <param name="voxel">Its index; the first axis varies fastest.</param>
    /// <returns>The value, not scaled.</returns>
    public double StoredAt(long voxel) => Read(bytes.AsSpan((int)(offset + (voxel * _size)), _size));

    /// <summary>Decodes a voxel.</summary>
    /// <param name="voxel">Its index; the first axis varies fastest.</param>
    /// <returns>The value, scaled.</returns>
    public double ValueAt(long voxel) => (StoredAt(voxel) * slope) + intercept;

    private double Read(ReadOnlySpan<byte> at) => type switch
    {
        VoxelType.UInt8 => at[0],
        VoxelType.Int8 => (sbyte)at[0],
        VoxelType.Int16 => isBigEndian ? BinaryPrimitives.ReadInt16BigEndian(at) : BinaryPrimitives.ReadInt16LittleEndian(at),
        VoxelType.UInt16 => isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at),
        VoxelType.Int32 => isBigEndian ? BinaryPrimitives.ReadInt32BigEndian(at) : BinaryPrimitives.ReadInt32LittleEndian(at),
        VoxelType.UInt32 => isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at),
        VoxelType.Float32 => isBigEndian ? BinaryPrimitives.ReadSingleBigEndian(at) : BinaryPrimitives.ReadSingleLittleEndian(at),
        VoxelType.Float64 => isBigEndian ? BinaryPrimitives.ReadDoubleBigEndian(at) : BinaryPrimitives.ReadDoubleLittleEndian(at),
        VoxelType.Int64 => isBigEndian ? BinaryPrimitives.ReadInt64BigEndian(at) : BinaryPrimitives.ReadInt64LittleEndian(at),
        _ => isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(at) : BinaryPrimitives.ReadUInt64LittleEndian(at),
    };
}
