using System.Globalization;
using System.Text;
using MedSeg.Errors;
using MedSeg.Formats;

namespace MedSeg.Volumes;

/// <summary>Reads MetaImage files of ITK (.mha, and .mhd with its data file; itk.org/Wiki/ITK/MetaIO/Documentation).</summary>
internal static class MetaImageFile
{
    private const string Format = "MetaImage";
    private const string SaveAs = "Save the volume as .mha or NIfTI.";

    private static readonly Dictionary<string, VoxelType> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["MET_CHAR"] = VoxelType.Int8, ["MET_UCHAR"] = VoxelType.UInt8, ["MET_SHORT"] = VoxelType.Int16, ["MET_USHORT"] = VoxelType.UInt16, ["MET_INT"] = VoxelType.Int32, ["MET_UINT"] = VoxelType.UInt32,
        ["MET_LONG"] = VoxelType.Int32, ["MET_ULONG"] = VoxelType.UInt32, ["MET_LONG_LONG"] = VoxelType.Int64, ["MET_ULONG_LONG"] = VoxelType.UInt64, ["MET_FLOAT"] = VoxelType.Float32, ["MET_DOUBLE"] = VoxelType.Float64,
    };

    /// <summary>Checks the first bytes for a MetaImage header.</summary>
    /// <param name="head">The first bytes.</param>
    public static bool IsMetaImage(ReadOnlySpan<byte> head) => head.StartsWith("ObjectType"u8) || head.StartsWith("NDims"u8) || head.StartsWith("Comment"u8);

    /// <summary>Decodes the header of a file.</summary>
    /// <param name="content">The file, or as much of it as a header may have.</param>
    /// <param name="path">The absolute path.</param>
    /// <returns>The header, and where the voxels are.</returns>
    /// <exception cref="FileFormatException"><c>VolumeInvalid</c> or <c>VolumeUnsupported</c>.</exception>
    public static (VolumeHeader Header, VoxelStorage Storage) ReadHeader(ReadOnlySpan<byte> content, string path)
    {
        var errors = new VolumeErrors(path, Format);
        (Dictionary<string, string> fields, int length, string[] files) = ReadFields(content, errors);
        double[] sizes = Numbers(fields, errors, "DimSize") ?? [];
        if (Numbers(fields, errors, "NDims") is not [double dimension] || dimension != sizes.Length || sizes.Length < 2 || Array.Exists(sizes, size => size is < 1 or > int.MaxValue || size != Math.Floor(size)) || sizes.Aggregate(1.0, (a, b) => a * b) > Array.MaxLength)
        {
            throw errors.Invalid($"The header states NDims '{fields.GetValueOrDefault("NDims")}' and DimSize '{fields.GetValueOrDefault("DimSize")}', which is no volume that fits into memory.");
        }

        int[] counts = [(int)sizes[0], (int)sizes[1], sizes.Length > 2 ? (int)sizes[2] : 1];
        ImageFile.CheckSize(counts[1], counts[0], ErrorIds.VolumeInvalid, path);
        (int volumes, bool areInterleaved) = VolumesOf(fields, sizes, errors);
        VoxelStorage storage = StorageOf(fields, length, FilesOf(fields, files, sizes, errors), errors) with { Count = (long)counts[0] * counts[1] * counts[2] * volumes };
        var header = new VolumeHeader(path, Format, GeometryOf(fields, sizes.Length, counts, errors), storage.Type)
        {
            IsFlat = sizes.Length == 2,
            Files = [path, .. storage.DataPaths],
            Volumes = volumes,
            AxesBeforeVolumes = areInterleaved ? 0 : 3,

            // Vectors are not told from colours.
            AreColors = areInterleaved && volumes is 3 or 4 ? null : false,
        };
        return (header, storage);
    }

    private static (int Volumes, bool AreInterleaved) VolumesOf(Dictionary<string, string> fields, double[] sizes, VolumeErrors errors)
    {
        double channels = Numbers(fields, errors, "ElementNumberOfChannels") is [double stated] ? stated : 1;
        double volumes = sizes.Length > 3 ? sizes[3] : 1;
        double count = sizes.Aggregate(channels, (product, size) => product * size);
        if (channels < 1 || channels != Math.Floor(channels) || count > Array.MaxLength)
        {
            throw errors.Invalid($"The header states {channels.ToString(CultureInfo.InvariantCulture)} channels, which is no number of channels of a volume that fits into memory.");
        }

        return sizes.Skip(4).All(size => size == 1) && (volumes == 1 || channels == 1)
            ? ((int)Math.Max(volumes, channels), channels > 1)
            : throw errors.Unsupported(
                $"The volume has {sizes.Length} axes ({fields["DimSize"]} voxels) and {channels} {(channels == 1 ? "channel" : "channels")}, but only 3 axes with several channels, or a fourth axis, can be used.",
                "Save one volume for each time point as .mha or NIfTI.");
    }

    // ElementDataFile is the last field; the voxels may follow it.
    private static (Dictionary<string, string> Fields, int Length, string[] Files) ReadFields(ReadOnlySpan<byte> content, VolumeErrors errors)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (int at = 0; at < content.Length;)
        {
            int length = content[at..].IndexOf((byte)'\n');
            string line = Encoding.Latin1.GetString(length < 0 ? content[at..] : content.Slice(at, length));
            at = length < 0 ? content.Length : at + length + 1;
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                throw errors.Invalid("The header has a line that is not a field, or no ElementDataFile.");
            }

            string name = line[..equals].Trim();
            fields[name] = line[(equals + 1)..].Trim();
            if (name.Equals("ElementDataFile", StringComparison.OrdinalIgnoreCase))
            {
                bool isList = IsList(fields[name]);
                return (fields, at, isList ? Encoding.Latin1.GetString(content[at..]).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : []);
            }
        }

        throw errors.Invalid("The header has no ElementDataFile.");
    }

    private static bool IsList(string file) => file.Equals("LIST", StringComparison.OrdinalIgnoreCase) || file.StartsWith("LIST ", StringComparison.OrdinalIgnoreCase);

    // The voxels are in the file with the header, in another file, or each slice along the last axis, or as many axes as LIST says, is in a file of its own.
    private static string[] FilesOf(Dictionary<string, string> fields, string[] listed, double[] sizes, VolumeErrors errors)
    {
        string file = fields["ElementDataFile"];
        if (file.Equals("LOCAL", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        string[] words = file.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool isList = IsList(file);
        if (!isList && !NumberedFiles.Is(file))
        {
            return [file];
        }

        int each = isList && words.Length > 1 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int axes) && axes >= 1 && axes <= sizes.Length ? axes : sizes.Length - 1;
        double expected = sizes.Skip(each).Aggregate(1.0, (product, size) => product * size);
        string[] names = isList ? listed : NumberedFiles.Of(file, "ElementDataFile", (long)expected, errors).Names;
        return names.Length == expected && names.Length <= NumberedFiles.Most
            ? names
            : throw errors.Invalid($"The header names {names.Length} files with voxels, but its DimSize {fields["DimSize"]} needs {expected.ToString(CultureInfo.InvariantCulture)}.");
    }

    private static VoxelStorage StorageOf(Dictionary<string, string> fields, int length, string[] files, VolumeErrors errors)
    {
        // Older writers mark several channels in the type.
        string type = fields.GetValueOrDefault("ElementType", "").Replace("_ARRAY", "", StringComparison.OrdinalIgnoreCase);
        if (!s_types.TryGetValue(type, out VoxelType known) || fields.GetValueOrDefault("BinaryData", "True").Equals("False", StringComparison.OrdinalIgnoreCase))
        {
            throw errors.Unsupported($"The volume has the element type '{type}'{(s_types.ContainsKey(type) ? " as text" : "")}; binary integers and floating-point numbers are supported.", SaveAs);
        }

        bool isLocal = files.Length == 0;
        long skip = Numbers(fields, errors, "HeaderSize") is [double stated] ? (long)Math.Clamp(stated, -1, Array.MaxLength) : 0;
        bool IsTrue(string name) => fields.GetValueOrDefault(name, "").Equals("True", StringComparison.OrdinalIgnoreCase) || fields.GetValueOrDefault(name) == "1";
        return new VoxelStorage
        {
            Errors = errors,
            Type = known,
            Count = 0,
            IsBigEndian = IsTrue("BinaryDataByteOrderMSB") || IsTrue("ElementByteOrderMSB"),
            Compression = IsTrue("CompressedData") ? VoxelCompression.Zlib : VoxelCompression.None,
            DataPaths = [.. files.Select(file => VoxelStorage.Find(file, errors))],
            Offset = isLocal ? length : Math.Max(0, skip),
            ByteSkip = isLocal || skip >= 0 ? 0 : -1,
        };
    }

    private static VolumeGeometry GeometryOf(Dictionary<string, string> fields, int rank, int[] counts, VolumeErrors errors)
    {
        double[] sizes = Numbers(fields, errors, "ElementSpacing", "ElementSize") ?? [.. Enumerable.Repeat(1.0, rank)];
        double[]? matrix = Numbers(fields, errors, "TransformMatrix", "Rotation", "Orientation");
        double[]? offset = Numbers(fields, errors, "Offset", "Position", "Origin");
        double Size(int axis) => axis < Math.Min(rank, sizes.Length) ? Math.Abs(sizes[axis]) : 0;
        if (rank > 3)
        {
            (matrix, offset, sizes) = InSpace(rank, matrix, offset, sizes, errors);
        }

        if (rank < 3 || (matrix is null && offset is null))
        {
            return new VolumeGeometry(counts, default, [new(Size(0), 0, 0), new(0, Size(1), 0), new(0, 0, Size(2))], IsPlaced: false);
        }

        matrix ??= [1, 0, 0, 0, 1, 0, 0, 0, 1];
        offset ??= [0, 0, 0];
        if (matrix.Length != 9 || offset.Length != 3 || sizes.Length != 3)
        {
            throw errors.Invalid($"The header has {sizes.Length} spacings, {offset.Length} offsets and a matrix of {matrix.Length} numbers; a volume has 3, 3 and 9.");
        }

        // The direction of each axis follows that of the one before; the coordinates are DICOM's.
        Vector3D[] steps = [.. Enumerable.Range(0, 3).Select(axis => Size(axis) * new Vector3D(matrix[3 * axis], matrix[(3 * axis) + 1], matrix[(3 * axis) + 2]))];
        var geometry = new VolumeGeometry(counts, new Vector3D(offset[0], offset[1], offset[2]), steps, IsPlaced: true);
        return geometry.ToGrid() is not null ? geometry : throw errors.Invalid("The directions in the header are zero, parallel or not finite.");
    }

    // Time and channels have a place in the matrix too, which must not be mixed with space.
    private static (double[]? Matrix, double[]? Offset, double[] Sizes) InSpace(int rank, double[]? matrix, double[]? offset, double[] sizes, VolumeErrors errors)
    {
        bool isMixed = matrix?.Length == rank * rank && Enumerable.Range(0, rank * rank).Any(i => i / rank < 3 != i % rank < 3 && matrix[i] != 0);
        return isMixed
            ? throw errors.Unsupported("The matrix in the header mixes the fourth axis with space.", "Save one volume for each time point or channel.")
            : (matrix?.Length == rank * rank ? [.. Enumerable.Range(0, 9).Select(i => matrix[(i / 3 * rank) + (i % 3)])] : matrix, offset?.Length == rank ? offset[..3] : offset, sizes.Length == rank ? sizes[..3] : sizes);
    }

    private static double[]? Numbers(Dictionary<string, string> fields, VolumeErrors errors, params string[] names)
    {
        string? name = Array.Find(names, fields.ContainsKey);
        return name is null ? null : [.. fields[name].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw errors.Invalid($"The field {name} has '{text}', which is not a number."))];
    }
}
