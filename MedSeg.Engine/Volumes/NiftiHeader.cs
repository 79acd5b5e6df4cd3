using System.Buffers.Binary;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats;

namespace MedSeg.Volumes;

/// <summary>The header of a NIfTI file, version 1 (348 bytes) or 2 (540 bytes).</summary>
internal sealed class NiftiHeader
{
    /// <summary>The largest number of bytes that <see cref="Parse"/> needs from the start of a file.</summary>
    public const int GreatestLength = 540;

    private const string SaveAgain = "Save the volume again.";

    private const int Length1 = 348;
    private const int DataOffset1 = 352;

    // The codes of nifti1.h (DT_UINT8 and so on).
    private static readonly Dictionary<int, VoxelType> s_types = new()
    {
        [2] = VoxelType.UInt8,
        [4] = VoxelType.Int16,
        [8] = VoxelType.Int32,
        [16] = VoxelType.Float32,
        [64] = VoxelType.Float64,
        [256] = VoxelType.Int8,
        [512] = VoxelType.UInt16,
        [768] = VoxelType.UInt32,
        [1024] = VoxelType.Int64,
        [1280] = VoxelType.UInt64,
    };

    // DT_RGB24 and DT_RGBA32: 8-bit components that follow each other.
    private static readonly Dictionary<int, int> s_colors = new() { [128] = 3, [2304] = 4 };

    private readonly byte[] _bytes;
    private readonly bool _isBigEndian;
    private readonly bool _isVersion2;

    private NiftiHeader(byte[] bytes, bool isBigEndian, bool isVersion2)
    {
        _bytes = bytes;
        _isBigEndian = isBigEndian;
        _isVersion2 = isVersion2;
    }

    /// <summary>Gets a value indicating whether numbers are big-endian.</summary>
    public bool IsBigEndian => _isBigEndian;

    /// <summary>Gets a value indicating whether the voxels are in another file, .img (nifti1.h, magic ni1 and ni2).</summary>
    public bool IsPair { get; private init; }

    /// <summary>Gets a value indicating whether the header is that of version 2.</summary>
    public bool IsVersion2 => _isVersion2;

    /// <summary>Gets the header as it is in the file.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Gets the number of axes in the header.</summary>
    public int Rank { get; private set; }

    /// <summary>Gets the number of voxels along the three spatial axes.</summary>
    public int[] Counts { get; private set; } = [];

    /// <summary>Gets the number of numbers for each voxel: volumes along the fourth or a later axis, such as channels or time points, or components of colours.</summary>
    public int Volumes { get; private set; } = 1;

    /// <summary>Gets a value indicating whether the numbers of a voxel are red, green and blue, and follow each other.</summary>
    public bool AreColors { get; private set; }

    /// <summary>Gets the type of an element.</summary>
    public VoxelType Type { get; private set; }

    /// <summary>Gets the size of an element, in bytes.</summary>
    public int ItemSize => VoxelArray.SizeOf(Type);

    /// <summary>Gets the offset of the first element in the file that has the voxels, in bytes.</summary>
    public long DataOffset { get; private set; }

    /// <summary>Gets the length that the file with the voxels must have according to the header, in bytes.</summary>
    public long RequiredLength { get; private set; }

    /// <summary>Gets the scale factor of the elements.</summary>
    public double Slope { get; private set; }

    /// <summary>Gets the offset added to scaled elements.</summary>
    public double Intercept { get; private set; }

    /// <summary>Checks the first bytes for the signature of an uncompressed NIfTI file, or of the header of a pair.</summary>
    /// <param name="head">The first bytes.</param>
    public static bool IsNifti(ReadOnlySpan<byte> head) => HasMagic(head, 344, "n+1\0"u8) || HasMagic(head, 4, "n+2\0"u8) || IsHeaderOfPair(head);

    /// <summary>Checks the first bytes for the signature of the header of a .hdr and .img pair.</summary>
    /// <param name="head">The first bytes.</param>
    public static bool IsHeaderOfPair(ReadOnlySpan<byte> head) => HasMagic(head, 344, "ni1\0"u8) || HasMagic(head, 4, "ni2\0"u8);

    /// <summary>Parses and checks a header.</summary>
    /// <param name="head">The first bytes, at least <see cref="GreatestLength"/> of them if the file is that long.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The header.</returns>
    /// <exception cref="FileFormatException"><c>NotNifti</c>, <c>NiftiInvalid</c>, <c>NiftiTruncated</c> or <c>NiftiUnsupported</c>.</exception>
    public static NiftiHeader Parse(ReadOnlySpan<byte> head, string path)
    {
        if (!IsNifti(head))
        {
            throw new FileFormatException(ErrorIds.NotNifti, path, $"The file {FileSignature.Describe(head)}, but should be a NIfTI volume.", 0);
        }

        bool isVersion2 = HasMagic(head, 4, "n+2\0"u8) || HasMagic(head, 4, "ni2\0"u8);
        int length = isVersion2 ? GreatestLength : Length1;
        if (head.Length < length)
        {
            throw new FileFormatException(ErrorIds.NiftiTruncated, path, "The file ends within its header.", head.Length) { Advice = ImageFile.DamagedAdvice };
        }

        int size = BinaryPrimitives.ReadInt32LittleEndian(head);
        bool isBigEndian = size != length;
        if (isBigEndian && BinaryPrimitives.ReverseEndianness(size) != length)
        {
            throw new FileFormatException(ErrorIds.NiftiInvalid, path, $"The header does not state its length of {length} bytes.", 0) { Advice = SaveAgain };
        }

        var header = new NiftiHeader(head[..length].ToArray(), isBigEndian, isVersion2) { IsPair = IsHeaderOfPair(head) };
        header.ReadShape(path);
        header.ReadData(path);
        return header;
    }

    /// <summary>
    /// Reads where the voxels are: from the sform matrix if it is set, otherwise from the qform quaternion, otherwise from the voxel sizes
    /// alone (nifti1.h, methods 3, 2 and 1).
    /// </summary>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The geometry in DICOM's coordinates. In a file of two axes, the third step is perpendicular to them.</returns>
    /// <exception cref="FileFormatException"><c>NiftiInvalid</c>: sform or qform is set, but its axes do not span three dimensions.</exception>
    public VolumeGeometry ReadGeometry(string path)
    {
        bool hasMatrix = Code(_isVersion2 ? 348 : 254) > 0;
        bool hasQuaternion = Code(_isVersion2 ? 344 : 252) > 0;
        double unit = ((_isVersion2 ? Int32(500) : _bytes[123]) & 7) switch { 1 => 1000, 3 => 0.001, _ => 1 };
        if (!hasMatrix && !hasQuaternion)
        {
            int sizes = _isVersion2 ? 104 : 76;
            double Size(int axis) => unit * Math.Abs(Real(sizes, axis + 1));
            return new VolumeGeometry(Counts, default, [new(Size(0), 0, 0), new(0, Size(1), 0), new(0, 0, Rank == 2 ? 0 : Size(2))], IsPlaced: false);
        }

        double[] rows = hasMatrix ? [.. Enumerable.Range(0, 12).Select(i => Real(_isVersion2 ? 400 : 280, i))] : FromQuaternion();

        // In NIfTI x points to the right and y to the front, in DICOM to the left and to the back.
        Vector3D Column(int i) => unit * new Vector3D(-rows[i], -rows[4 + i], rows[8 + i]);
        (Vector3D first, Vector3D second) = (Column(0), Column(1));
        Vector3D third = Rank == 2 ? 1 / first.Cross(second).Length * first.Cross(second) : Column(2);
        var geometry = new VolumeGeometry(Counts, Column(3), [first, second, third], IsPlaced: true);
        return geometry.ToGrid() is not null
            ? geometry
            : throw new FileFormatException(
                ErrorIds.NiftiInvalid, path, "The sform or qform in the header is invalid: its axes are zero, parallel or not finite.", _isVersion2 ? 344 : 252)
            {
                Advice = "Save the volume again from the program in which it was drawn.",
            };
    }

    private static bool HasMagic(ReadOnlySpan<byte> head, int offset, ReadOnlySpan<byte> magic) =>
        head.Length >= offset + magic.Length && head[offset..].StartsWith(magic);

    private void ReadShape(string path)
    {
        long[] dim = [.. Enumerable.Range(0, 8).Select(i => _isVersion2 ? Int64(16 + (8 * i)) : Int16(40 + (2 * i)))];
        long rank = dim[0];
        long[] counts = [dim[1], dim[2], rank > 2 ? dim[3] : 1];
        if (rank is < 2 or > 7 || Array.Exists(counts, n => n is < 1 or > int.MaxValue))
        {
            string sizes = string.Join(" × ", dim.Skip(1).Take((int)Math.Clamp(rank, 2, 7)));
            throw new FileFormatException(
                ErrorIds.NiftiInvalid,
                path,
                $"The header states {rank} axes of {sizes} voxels; a volume has 2 or 3.",
                _isVersion2 ? 16 : 40)
            {
                Advice = SaveAgain,
            };
        }

        // Vectors have an empty fourth axis and their components along the fifth.
        long[] others = [.. dim.Skip(4).Take((int)rank - 3).Where(n => n > 1)];
        if (others.Length > 1)
        {
            string sizes = string.Join(" × ", dim.Skip(1).Take((int)rank));
            throw new FileFormatException(
                ErrorIds.NiftiUnsupported,
                path,
                $"The volume has {rank} axes ({sizes} voxels), but only 4 can be used.",
                _isVersion2 ? 16 : 40)
            {
                Advice = "Save a volume with one number per voxel: one file for each time point or channel.",
            };
        }

        long volumes = others is [long more] ? more : 1;
        Rank = (int)rank;
        Counts = [.. counts.Select(n => (int)n)];
        if ((double)counts[0] * counts[1] * counts[2] * volumes > Array.MaxLength)
        {
            throw new FileFormatException(
                ErrorIds.NiftiUnsupported, path, $"The header states {string.Join(" × ", volumes > 1 ? [.. counts, volumes] : counts)} voxels; at most {Array.MaxLength:N0} are accepted.", _isVersion2 ? 16 : 40);
        }

        Volumes = (int)volumes;
        ImageFile.CheckSize(counts[1], counts[0], ErrorIds.NiftiInvalid, path);
    }

    private void ReadData(string path)
    {
        int type = Int16(_isVersion2 ? 12 : 70);
        if (s_colors.TryGetValue(type, out int components))
        {
            ReadColors(components, path);
            type = 2;
        }

        Type = s_types.TryGetValue(type, out VoxelType known)
            ? known
            : throw new FileFormatException(
                ErrorIds.NiftiUnsupported, path, $"The volume has the data type {type}; integers and floating-point numbers of 8 to 64 bits are supported.", _isVersion2 ? 12 : 70)
            {
                Advice = "Save the volume as UINT8 or INT16.",
            };
        double offset = _isVersion2 ? Int64(168) : Real(108, 0);
        int least = IsPair ? 0 : _isVersion2 ? GreatestLength + 4 : DataOffset1;
        if (!(offset >= 0 && offset < Array.MaxLength && offset == Math.Floor(offset)))
        {
            throw new FileFormatException(ErrorIds.NiftiInvalid, path, "The offset of the voxels in the header is invalid.", _isVersion2 ? 168 : 108)
            {
                Advice = SaveAgain,
            };
        }

        // Some programs write 0 for "immediately after the header".
        DataOffset = Math.Max((long)offset, least);
        RequiredLength = DataOffset + ((long)Counts[0] * Counts[1] * Counts[2] * Volumes * ItemSize);
        double slope = Real(_isVersion2 ? 176 : 112, 0);
        double intercept = Real(_isVersion2 ? 184 : 116, 0);
        bool isScaled = !AreColors && slope != 0 && double.IsFinite(slope) && double.IsFinite(intercept);
        (Slope, Intercept) = isScaled ? (slope, intercept) : (1, 0);
    }

    private void ReadColors(int components, string path)
    {
        if (Volumes > 1 || (double)Counts[0] * Counts[1] * Counts[2] * components > Array.MaxLength)
        {
            throw new FileFormatException(ErrorIds.NiftiUnsupported, path, $"The file has {Volumes} {(Volumes == 1 ? "volume" : "volumes")} of {string.Join(" × ", Counts)} voxels in colours; one of at most {Array.MaxLength:N0} numbers is accepted.", _isVersion2 ? 16 : 40)
            {
                Advice = "Save one file for each time point.",
            };
        }

        (Volumes, AreColors) = (components, true);
    }

    // The method of nifti1.h: the rotation of a unit quaternion, its columns scaled by the voxel size, the third with the
    // sign of qfac.
    private double[] FromQuaternion()
    {
        int at = _isVersion2 ? 352 : 256;
        (double b, double c, double d) = (Real(at, 0), Real(at, 1), Real(at, 2));
        double a = Math.Sqrt(Math.Max(0, 1 - (b * b) - (c * c) - (d * d)));
        int sizes = _isVersion2 ? 104 : 76;
        double x = Real(sizes, 1);
        double y = Real(sizes, 2);
        double z = Real(sizes, 3) * (Real(sizes, 0) < 0 ? -1 : 1);
        return
        [
            x * ((a * a) + (b * b) - (c * c) - (d * d)), y * 2 * ((b * c) - (a * d)), z * 2 * ((b * d) + (a * c)), Real(at, 3),
            x * 2 * ((b * c) + (a * d)), y * ((a * a) + (c * c) - (b * b) - (d * d)), z * 2 * ((c * d) - (a * b)), Real(at, 4),
            x * 2 * ((b * d) - (a * c)), y * 2 * ((c * d) + (a * b)), z * ((a * a) + (d * d) - (b * b) - (c * c)), Real(at, 5),
        ];
    }

    private int Code(int offset) => _isVersion2 ? Int32(offset) : Int16(offset);

    private short Int16(int offset) =>
        _isBigEndian ? BinaryPrimitives.ReadInt16BigEndian(_bytes.AsSpan(offset)) : BinaryPrimitives.ReadInt16LittleEndian(_bytes.AsSpan(offset));

    private int Int32(int offset) =>
        _isBigEndian ? BinaryPrimitives.ReadInt32BigEndian(_bytes.AsSpan(offset)) : BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(offset));

    private long Int64(int offset) =>
        _isBigEndian ? BinaryPrimitives.ReadInt64BigEndian(_bytes.AsSpan(offset)) : BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(offset));

    // Version 1 uses single precision, version 2 double precision.
    private double Real(int offset, int index) =>
        _isVersion2 ? BitConverter.Int64BitsToDouble(Int64(offset + (8 * index))) : BitConverter.Int32BitsToSingle(Int32(offset + (4 * index)));
}
