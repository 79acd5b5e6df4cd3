using System.Globalization;
using MedSeg.Errors;

namespace MedSeg.Volumes;

/// <summary>Finds out from an NRRD header where and how the voxels are stored.</summary>
internal static class NrrdStorage
{
    private const string SaveAs = "Save the volume raw or with gzip, for example from 3D Slicer.";

    private static readonly Dictionary<string, VoxelType> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["signed char"] = VoxelType.Int8, ["int8"] = VoxelType.Int8, ["int8_t"] = VoxelType.Int8,
        ["uchar"] = VoxelType.UInt8, ["unsigned char"] = VoxelType.UInt8, ["uint8"] = VoxelType.UInt8, ["uint8_t"] = VoxelType.UInt8,
        ["short"] = VoxelType.Int16, ["short int"] = VoxelType.Int16, ["signed short"] = VoxelType.Int16, ["signed short int"] = VoxelType.Int16, ["int16"] = VoxelType.Int16, ["int16_t"] = VoxelType.Int16,
        ["ushort"] = VoxelType.UInt16, ["unsigned short"] = VoxelType.UInt16, ["unsigned short int"] = VoxelType.UInt16, ["uint16"] = VoxelType.UInt16, ["uint16_t"] = VoxelType.UInt16,
        ["int"] = VoxelType.Int32, ["signed int"] = VoxelType.Int32, ["int32"] = VoxelType.Int32, ["int32_t"] = VoxelType.Int32,
        ["uint"] = VoxelType.UInt32, ["unsigned int"] = VoxelType.UInt32, ["uint32"] = VoxelType.UInt32, ["uint32_t"] = VoxelType.UInt32,
        ["longlong"] = VoxelType.Int64, ["long long"] = VoxelType.Int64, ["int64"] = VoxelType.Int64, ["int64_t"] = VoxelType.Int64,
        ["ulonglong"] = VoxelType.UInt64, ["unsigned long long"] = VoxelType.UInt64, ["uint64"] = VoxelType.UInt64, ["uint64_t"] = VoxelType.UInt64,
        ["float"] = VoxelType.Float32, ["double"] = VoxelType.Float64,
    };

    private static readonly Dictionary<string, VoxelCompression> s_encodings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["raw"] = VoxelCompression.None,
        ["gzip"] = VoxelCompression.Gzip, ["gz"] = VoxelCompression.Gzip,
        ["bzip2"] = VoxelCompression.Bzip2, ["bz2"] = VoxelCompression.Bzip2,
        ["hex"] = VoxelCompression.Hex,
        ["text"] = VoxelCompression.Text, ["txt"] = VoxelCompression.Text, ["ascii"] = VoxelCompression.Text,
    };

    /// <summary>Reads the fields of a header.</summary>
    /// <param name="fields">The header.</param>
    /// <param name="sizes">The number of stored numbers along each axis.</param>
    /// <param name="errors">The errors of the file.</param>
    /// <exception cref="FileFormatException"><c>VolumeInvalid</c> or <c>VolumeUnsupported</c>.</exception>
    public static VoxelStorage Of(NrrdHeader fields, long[] sizes, VolumeErrors errors)
    {
        string type = fields.Find("type") ?? throw errors.Invalid("The header has no type.");
        string encoding = fields.Find("encoding") ?? throw errors.Invalid("The header has no encoding.");
        if (!s_types.TryGetValue(type, out VoxelType known) || !s_encodings.TryGetValue(encoding, out VoxelCompression compression))
        {
            throw errors.Unsupported($"The volume has the type '{type}' and the encoding '{encoding}'; integers and floating-point numbers are supported, as raw, gzip, bzip2, hex or text.", SaveAs);
        }

        long lines = fields.Integers("lineskip") is [long stated] ? stated : 0;
        long bytes = fields.Integers("byteskip") is [long skipped] ? skipped : 0;
        if (lines is < 0 or > int.MaxValue || bytes > Array.MaxLength || bytes < (compression == VoxelCompression.None ? -1 : 0))
        {
            throw errors.Invalid($"The header states that {lines} lines and {bytes} bytes are to be skipped before the voxels.");
        }

        string[] files = [.. FilesOf(fields, sizes, errors).Select(name => VoxelStorage.Find(name, errors))];
        return new VoxelStorage
        {
            Errors = errors,
            Type = known,
            Count = sizes.Aggregate(1L, (product, size) => product * size),
            IsBigEndian = string.Equals(fields.Find("endian"), "big", StringComparison.OrdinalIgnoreCase),
            Compression = compression,
            DataPaths = files,
            Offset = files.Length == 0 ? fields.Length : 0,
            LineSkip = (int)lines,
            ByteSkip = bytes,
        };
    }

    private static string[] FilesOf(NrrdHeader fields, long[] sizes, VolumeErrors errors)
    {
        if (fields.Find("datafile") is not { } file)
        {
            return [];
        }

        if (fields.HasFileList)
        {
            return Checked([.. fields.DataFiles], fields.Words("datafile").Length > 1 ? fields.Words("datafile")[1] : "", sizes, errors);
        }

        if (!NumberedFiles.Is(file) || fields.Words("datafile").Length < 4)
        {
            return [file];
        }

        (string[] names, string axes) = NumberedFiles.Of(file, "data file", 0, errors);
        return Checked(names, axes, sizes, errors);
    }

    // Each file has a slice along the last axis, or as many axes as the field says.
    private static string[] Checked(string[] files, string axes, long[] sizes, VolumeErrors errors)
    {
        int each = int.TryParse(axes, NumberStyles.None, CultureInfo.InvariantCulture, out int stated) ? stated : sizes.Length - 1;
        long expected = sizes.Skip(each).Aggregate(1L, (product, size) => product * size);
        bool isWhole = each == sizes.Length && files.Length > 0 && sizes[^1] % files.Length == 0;
        return files.Length is > 0 and <= NumberedFiles.Most && each >= 1 && each <= sizes.Length && (isWhole || files.Length == expected)
            ? files
            : throw errors.Invalid($"The header names {files.Length} files with voxels, but its sizes {string.Join(' ', sizes)} need {expected}.");
    }
}
