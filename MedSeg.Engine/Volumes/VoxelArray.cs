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
    private readonly VoxelsAhead? _ahead;

    /// <summary>Initializes a new instance of the <see cref="VoxelArray"/> class whose voxels stay in a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">The offset of the first voxel, in bytes.</param>
    /// <param name="type">The type of the stored numbers.</param>
    /// <param name="isBigEndian">Whether they are big-endian.</param>
    /// <param name="slope">What stored numbers are multiplied by.</param>
    /// <param name="intercept">What is then added.</param>
    public VoxelArray(VoxelFile file, long offset, VoxelType type, bool isBigEndian, double slope = 1, double intercept = 0)
        : this([], offset, type, isBigEndian, slope, intercept) => _file = file;

    /// <summary>Initializes a new instance of the <see cref="VoxelArray"/> class whose voxels are still being read.</summary>
    /// <param name="ahead">The voxels.</param>
    /// <param name="offset">The offset of the first voxel, in bytes.</param>
    /// <param name="type">The type of the stored numbers.</param>
    /// <param name="isBigEndian">Whether they are big-endian.</param>
    /// <param name="slope">What stored numbers are multiplied by.</param>
    /// <param name="intercept">What is then added.</param>
    public VoxelArray(VoxelsAhead ahead, long offset, VoxelType type, bool isBigEndian, double slope = 1, double intercept = 0)
        : this(ahead.Bytes, offset, type, isBigEndian, slope, intercept) => _ahead = ahead;

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

    /// <summary>Gets a value indicating whether every number is finite, since the file stores integers and they are not scaled.</summary>
    public bool IsFinite => !IsScaled && type is not (VoxelType.Float32 or VoxelType.Float64);

    /// <summary>Gets a value indicating whether voxels could not be read, as far as is known.</summary>
    public bool IsFaulted => _ahead?.IsFaulted ?? false;

    /// <summary>Waits until all voxels are read, if they still are, so that no damaged file goes unnoticed.</summary>
    /// <exception cref="Errors.MedSegException">The file is damaged, or cannot be read.</exception>
    public void Complete() => _ahead?.Complete();

    /// <summary>Returns the same voxels for another thread: of a file, threads would otherwise wait for each other and read a page for nearly every voxel.</summary>
    public VoxelArray Reopen() => _file is null ? this : new VoxelArray(_file.Reopen(), offset, type, isBigEndian, slope, intercept);

    /// <summary>Decodes a voxel as it is stored.</summary>
    /// <param name="voxel">Its index; the first axis varies fastest.</param>
    /// <returns>The value, not scaled.</returns>
    public double StoredAt(long voxel)
    {
        if (_file is null)
        {
            long place = offset + (voxel * _size);
            _ahead?.Require(place + _size);
            return Read(bytes.AsSpan((int)place, _size));
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
        if (_file is not null)
        {
            ReadFile(_file.Reopen(), section, columns, pixels);
            return;
        }

        int lastRow = (pixels.Length / columns) - 1;
        long last = section.First + Math.Max(0, section.RowStride * lastRow) + Math.Max(0, section.ColumnStride * (columns - 1));
        _ahead?.Require(offset + ((last + 1) * _size));
        switch (type)
        {
            case VoxelType.UInt8:
                Read<byte>(section, columns, VoxelConversion.Widen, pixels);
                break;
            case VoxelType.Int8:
                Read<sbyte>(section, columns, VoxelConversion.Widen, pixels);
                break;
            case VoxelType.Int16:
                Read<short>(section, columns, VoxelConversion.Widen, pixels);
                break;
            case VoxelType.UInt16:
                Read<ushort>(section, columns, VoxelConversion.Widen, pixels);
                break;
            case VoxelType.Int32:
                Read<int>(section, columns, null, pixels);
                break;
            case VoxelType.UInt32:
                Read<uint>(section, columns, null, pixels);
                break;
            case VoxelType.Float32:
                Read<float>(section, columns, VoxelConversion.Widen, pixels);
                break;
            case VoxelType.Float64:
                Read<double>(section, columns, null, pixels);
                break;
            case VoxelType.Int64:
                Read<long>(section, columns, null, pixels);
                break;
            default:
                Read<ulong>(section, columns, null, pixels);
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

    private void Read<TStored>(VolumeSection section, int columns, VoxelConversion.Widening<TStored>? widen, Span<float> pixels)
        where TStored : unmanaged, INumber<TStored>
    {
        Span<TStored> line = MemoryMarshal.Cast<byte, TStored>(new byte[columns * _size].AsSpan());
        for (int first = 0, row = 0; first < pixels.Length; first += columns, row++)
        {
            Span<float> values = pixels.Slice(first, columns);
            VoxelConversion.ToSingle(Line(section, row, line), slope, intercept, widen, values);
            if (section.ColumnStride == -1)
            {
                values.Reverse();
            }
        }
    }

    // The numbers of a row of pixels: where they are stored, if they are neighbours; otherwise copied. They are in reverse order if the step is -1.
    private ReadOnlySpan<TStored> Line<TStored>(VolumeSection section, int row, Span<TStored> line)
        where TStored : unmanaged
    {
        ReadOnlySpan<byte> stored = bytes;
        ReadOnlySpan<TStored> numbers = line;
        if (section.ColumnStride is 1 or -1)
        {
            long first = section.VoxelOf(row, section.ColumnStride > 0 ? 0 : line.Length - 1);
            numbers = MemoryMarshal.Cast<byte, TStored>(stored.Slice((int)(offset + (first * _size)), line.Length * _size));
        }
        else
        {
            long place = offset + (section.VoxelOf(row, 0) * _size);
            foreach (ref TStored number in line)
            {
                number = MemoryMarshal.Read<TStored>(stored[(int)place..]);
                place += section.ColumnStride * _size;
            }
        }

        if (isBigEndian == BitConverter.IsLittleEndian)
        {
            VoxelConversion.Swap(numbers, _size, line);
            return line;
        }

        return numbers;
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
