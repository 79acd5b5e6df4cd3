using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace MedSeg.Volumes;

/// <summary>The voxels of a volume as its file stores them, in memory or in the file; each is decoded when it is asked for.</summary>
/// <param name="bytes">The file, or what it inflates to.</param>
/// <param name="offset">The offset of the first voxel, in bytes.</param>
/// <param name="type">The type of the stored numbers.</param>
/// <param name="isBigEndian">Whether they are big-endian.</param>
/// <param name="slope">What stored numbers are multiplied by.</param>
/// <param name="intercept">What is then added.</param>
internal sealed class VoxelArray(byte[] bytes, long offset, VoxelType type, bool isBigEndian, double slope = 1, double intercept = 0)
{
    private readonly int _size = SizeOf(type);
    private readonly VoxelFile? _file;

    /// <summary>Initializes a new instance of the <see cref="VoxelArray"/> class whose voxels stay in a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">The offset of the first voxel, in bytes.</param>
    /// <param name="type">The type of the stored numbers.</param>
    /// <param name="isBigEndian">Whether they are big-endian.</param>
    /// <param name="slope">What stored numbers are multiplied by.</param>
    /// <param name="intercept">What is then added.</param>
    public VoxelArray(VoxelFile file, long offset, VoxelType type, bool isBigEndian, double slope = 1, double intercept = 0)
        : this([], offset, type, isBigEndian, slope, intercept) => _file = file;

    /// <summary>Gets what stored numbers are multiplied by.</summary>
    public double Slope => slope;

    /// <summary>Gets a value indicating whether stored numbers are scaled.</summary>
    public bool IsScaled => slope != 1 || intercept != 0;

    /// <summary>Gets a value indicating whether all finite values are exact in single precision.</summary>
    public bool IsExactInSingle => !IsScaled && (_size <= 2 || type == VoxelType.Float32);

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
    public double StoredAt(long voxel)
    {
        if (_file is null)
        {
            return Read(bytes.AsSpan((int)(offset + (voxel * _size)), _size));
        }

        lock (_file)
        {
            return Read(_file.At(offset + (voxel * _size), _size));
        }
    }

    /// <summary>Decodes a voxel.</summary>
    /// <param name="voxel">Its index; the first axis varies fastest.</param>
    /// <returns>The value, scaled.</returns>
    public double ValueAt(long voxel) => (StoredAt(voxel) * slope) + intercept;

    /// <summary>Decodes the voxels of a slice. The type is looked at once, not for each voxel, so that volumes are read as fast as DICOM.</summary>
    /// <param name="section">The place of the slice.</param>
    /// <param name="columns">The number of columns of the slice.</param>
    /// <param name="pixels">Receives the scaled values, row by row.</param>
    public void Read(VolumeSection section, int columns, Span<float> pixels)
    {
        switch (type)
        {
            case var _ when _file is not null:
                ReadFile(_file.Reopen(), section, columns, pixels);
                break;
            case VoxelType.UInt8:
                Read<byte>(section, columns, pixels);
                break;
            case VoxelType.Int16 when isBigEndian != BitConverter.IsLittleEndian:
                Read<short>(section, columns, pixels);
                break;
            case VoxelType.UInt16 when isBigEndian != BitConverter.IsLittleEndian:
                Read<ushort>(section, columns, pixels);
                break;
            case VoxelType.Float32 when isBigEndian != BitConverter.IsLittleEndian:
                Read<float>(section, columns, pixels);
                break;
            default:
                for (int pixel = 0; pixel < pixels.Length; pixel++)
                {
                    pixels[pixel] = (float)ValueAt(section.VoxelOf(pixel / columns, pixel % columns));
                }

                break;
        }
    }

    // The larger step is the outer one, so that pages are read once for a slice.
    private void ReadFile(VoxelFile file, VolumeSection section, int columns, Span<float> pixels)
    {
        int rows = pixels.Length / columns;
        bool isByRow = Math.Abs(section.RowStride) >= Math.Abs(section.ColumnStride);
        for (int outer = 0; outer < (isByRow ? rows : columns); outer++)
        {
            for (int inner = 0; inner < (isByRow ? columns : rows); inner++)
            {
                (int row, int column) = isByRow ? (outer, inner) : (inner, outer);
                pixels[(row * columns) + column] = (float)((Read(file.At(offset + (section.VoxelOf(row, column) * _size), _size)) * slope) + intercept);
            }
        }
    }

    private void Read<T>(VolumeSection section, int columns, Span<float> pixels)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<byte> stored = bytes;
        for (int first = 0, row = 0; first < pixels.Length; first += columns, row++)
        {
            long place = offset + (section.VoxelOf(row, 0) * _size);
            long step = section.ColumnStride * _size;
            foreach (ref float pixel in pixels.Slice(first, columns))
            {
                pixel = (float)((double.CreateTruncating(MemoryMarshal.Read<T>(stored[(int)place..])) * slope) + intercept);
                place += step;
            }
        }
    }

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
