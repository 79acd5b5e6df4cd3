using System.Buffers.Binary;
using System.Text;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats;

namespace MedSeg.Volumes;

/// <summary>
/// Reads Analyze 7.5 files: a header of 348 bytes (.hdr, dbh.h of the Mayo Clinic) without the magic number of NIfTI, and the voxels (.img). What
/// programs understand differently is refused: scale factors of SPM, units, and colours. The header does not state directions.
/// </summary>
internal static class AnalyzeFile
{
    /// <summary>The name of the format.</summary>
    public const string Format = "Analyze";

    private const int Length = 348;
    private const int LengthOfBigEndian = 0x5C010000;
    private const string SaveAs = "Save the volume as NIfTI with the program that wrote it.";

    private static readonly Dictionary<int, VoxelType> s_types = new() { [2] = VoxelType.UInt8, [4] = VoxelType.Int16, [8] = VoxelType.Int32, [16] = VoxelType.Float32, [64] = VoxelType.Float64 };

    /// <summary>Checks the first bytes for an Analyze header: the length that it states, and a number of axes.</summary>
    /// <param name="head">The first bytes.</param>
    public static bool Is(ReadOnlySpan<byte> head)
    {
        if (head.Length < Length || NiftiHeader.IsNifti(head))
        {
            return false;
        }

        short axes = BinaryPrimitives.ReadInt16LittleEndian(head[40..]);
        return BinaryPrimitives.ReadInt32LittleEndian(head) switch
        {
            Length => axes is >= 1 and <= 7,
            LengthOfBigEndian => BinaryPrimitives.ReverseEndianness(axes) is >= 1 and <= 7,
            _ => false,
        };
    }

    /// <summary>Checks whether a file is an Analyze header.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool IsHeader(string path) => Is(FileContent.TryReadHead(path, Length));

    /// <summary>Decodes a header.</summary>
    /// <param name="content">The file.</param>
    /// <param name="path">The absolute path.</param>
    /// <returns>The header, and where the voxels are.</returns>
    /// <exception cref="FileFormatException"><c>VolumeInvalid</c> or <c>VolumeUnsupported</c>.</exception>
    public static (VolumeHeader Header, VoxelStorage Storage) ReadHeader(ReadOnlySpan<byte> content, string path)
    {
        var errors = new VolumeErrors(path, Format);
        byte[] bytes = content[..Length].ToArray();
        bool isBigEndian = BinaryPrimitives.ReadInt32LittleEndian(bytes) == LengthOfBigEndian;
        short Int16(int offset) => isBigEndian ? BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(offset)) : BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(offset));
        float Single(int offset) => isBigEndian ? BinaryPrimitives.ReadSingleBigEndian(bytes.AsSpan(offset)) : BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(offset));

        int[] dim = [.. Enumerable.Range(0, 8).Select(i => (int)Int16(40 + (2 * i)))];
        int[] counts = [dim[1], dim[2], dim[0] > 2 ? Math.Max(1, dim[3]) : 1];
        int volumes = dim[0] > 3 ? Math.Max(1, dim[4]) : 1;
        if (dim[0] is < 2 or > 7 || counts[0] < 1 || counts[1] < 1 || dim.Skip(5).Take(Math.Max(0, dim[0] - 4)).Any(n => n > 1) || (double)counts[0] * counts[1] * counts[2] * volumes > Array.MaxLength)
        {
            throw errors.Invalid($"The header states {dim[0]} axes of {string.Join(" × ", dim.Skip(1))} voxels; a volume has 2 to 4 and fits into memory.");
        }

        ImageFile.CheckSize(counts[1], counts[0], ErrorIds.VolumeInvalid, path);
        VoxelType type = TypeOf(Int16(70), Int16(72), errors);
        RequirePlain(Single(108), Single(112), Encoding.ASCII.GetString(bytes, 56, 4), errors);
        double Size(int axis) => axis < dim[0] && float.IsFinite(Single(80 + (4 * axis))) ? Math.Abs(Single(80 + (4 * axis))) : 0;
        string[] images = NiftiFile.FindImage(path) is { } image ? [image] : [];
        var header = new VolumeHeader(path, Format, new VolumeGeometry(counts, default, [new(Size(0), 0, 0), new(0, Size(1), 0), new(0, 0, Size(2))], IsPlaced: false), type)
        {
            IsFlat = dim[0] == 2,
            Volumes = volumes,
            Files = [path, .. images],
            HasNoDirections = true,
        };
        return (header, new VoxelStorage
        {
            Errors = errors,
            Type = type,
            Count = header.Geometry.Voxels * volumes,
            IsBigEndian = isBigEndian,
            Compression = images is [string data] && Gzip.Is(FileContent.TryReadHead(data, 2)) ? VoxelCompression.Gzip : VoxelCompression.None,
            DataPaths = images is [] ? [Path.ChangeExtension(path, ".img")] : images,
            ByteSkip = (long)Single(108),
        });
    }

    private static VoxelType TypeOf(int type, int bits, VolumeErrors errors) =>
        !s_types.TryGetValue(type, out VoxelType known) ? throw errors.Unsupported($"The volume has the data type {type}; unsigned 8-bit and signed 16- and 32-bit integers and floating-point numbers are supported.", SaveAs)
        : bits == 0 || bits == 8 * VoxelArray.SizeOf(known) ? known
        : throw errors.Invalid($"The header states the data type {type} of {bits} bits.");

    private static void RequirePlain(float offset, float scale, string units, VolumeErrors errors)
    {
        if (!(offset >= 0 && offset < Array.MaxLength && offset == MathF.Floor(offset)))
        {
            throw errors.Invalid("The offset of the voxels in the header is invalid.");
        }

        // SPM has a factor where others have nothing of meaning.
        if (scale is not (0 or 1))
        {
            throw errors.Unsupported("The header has a number where SPM writes a scale factor, and other programs something else.", SaveAs);
        }

        string unit = units.TrimEnd('\0', ' ');
        if (unit.Length > 0 && !unit.Equals("mm", StringComparison.OrdinalIgnoreCase))
        {
            throw errors.Unsupported($"The voxels are measured in '{(unit.All(char.IsAsciiLetterOrDigit) ? unit : "?")}', not in mm.", SaveAs);
        }
    }
}
