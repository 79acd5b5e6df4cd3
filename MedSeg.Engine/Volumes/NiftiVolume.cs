using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>A label volume in a NIfTI file (.nii, .nii.gz), whose voxels are decoded when a slice needs them.</summary>
internal sealed class NiftiVolume : LabelVolume
{
    // The maximum expansion of deflate (RFC 1951), and some room for the smallest streams.
    private const long GreatestExpansion = 1032;
    private const long ExpansionRoom = 4096;

    // Scaling from 16 bits does not restore whole numbers exactly.
    private const double LeastTolerance = 1e-3;

    private readonly byte[] _content;
    private readonly NiftiHeader _header;
    private readonly VoxelGrid? _grid;

    // A scaled value is exact to half a step of the scale. Steps of 1 or more do not tell one label from the next.
    private readonly double _tolerance;

    // The planes that slices have shown, and the axis perpendicular to them.
    private readonly HashSet<int> _seen = [];
    private int _across;

    private NiftiVolume(string path, byte[] content, NiftiHeader header)
        : base(path)
    {
        _content = content;
        _header = header;
        _grid = header.ReadGrid(path);
        double step = Math.Abs(header.Slope);
        _tolerance = step < 1 ? Math.Max(LeastTolerance, step / 2 * (1 + 1e-6)) : LeastTolerance;
    }

    /// <summary>Gets the position of the voxels; null if the file does not state it.</summary>
    public VoxelGrid? Grid => _grid;

    /// <summary>Gets the number of planes along the third axis.</summary>
    public int PlaneCount => _header.Counts[2];

    /// <summary>Checks from its first bytes whether a file may be NIfTI, compressed or not.</summary>
    /// <param name="content">The file.</param>
    public static bool MayBeNifti(ReadOnlySpan<byte> content) => IsGzip(content) || NiftiHeader.IsNifti(content);

    /// <summary>Decodes a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <returns>The volume.</returns>
    /// <exception cref="FileFormatException">As <see cref="NiftiHeader.Parse"/>; also if voxels are missing.</exception>
    public static NiftiVolume Decode(byte[] content, string path)
    {
        if (IsGzip(content))
        {
            return Inflate(content, path);
        }

        NiftiHeader header = NiftiHeader.Parse(content.AsSpan(0, Math.Min(content.Length, NiftiHeader.GreatestLength)), path);
        return header.RequiredLength <= content.Length ? new NiftiVolume(path, content, header) : throw Truncated(header, content.Length, path);
    }

    /// <summary>Returns the mask of a file with one plane, as stored: the first axis runs along rows of pixels, the second down.</summary>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException"><c>LabelVolume</c>: the file has several planes.</exception>
    public LabelImage ReadPlane()
    {
        int[] counts = _header.Counts;
        if (PlaneCount != 1)
        {
            throw Error(
                ErrorIds.LabelVolume,
                $"The file is a volume of {string.Join(" × ", counts)} voxels, not the mask of a single image.",
                "Import it together with its series: Import-MedSegDataset matches volumes to slices by position.");
        }

        return ReadPlane(0);
    }

    /// <summary>Returns a plane along the third axis, as stored: the first axis runs along rows of pixels, the second down.</summary>
    /// <param name="plane">The number of the plane, from 0.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException"><c>NiftiUnsupported</c>: a value is not exact in single precision.</exception>
    public LabelImage ReadPlane(int plane)
    {
        int[] counts = _header.Counts;
        float[] values = new float[counts[0] * counts[1]];
        double? rounded = null;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ValueAt(((long)plane * values.Length) + i, i, counts[0], ref rounded);
        }

        return new LabelImage(counts[1], counts[0], values, IsLossy: false) { RoundedFrom = rounded };
    }

    /// <inheritdoc/>
    public override SliceLabels Slice(DicomImage image)
    {
        if (_header.Rank == 2 || (_grid is null && _header.Counts[2] == 1))
        {
            return image.Frames == 1
                ? new SliceLabels(ReadPlane(), IsMatched: true, [])
                : throw Error(ErrorIds.LabelFrames, $"The file has one mask, but the image has {image.Frames} frames.", "Save a volume with its position.");
        }

        if (_grid is null)
        {
            throw Error(
                ErrorIds.LabelVolumePosition,
                "The volume has no position: neither sform nor qform is set.",
                "Save it again with its position from the program in which it was drawn, or save a mask for each slice (PNG or .npy).");
        }

        ImagePlane plane = PlaneOf(image);
        long[] voxels = new long[image.Rows * image.Columns];
        string? problem = _grid.Find(plane, out GridSection section);
        if (problem is null && section.Sample(plane, _header.Counts, voxels) == 0)
        {
            problem = "it is outside of the volume";
        }

        if (problem is not null)
        {
            throw Error(
                ErrorIds.LabelOutsideVolume,
                $"The slice at {Text(plane.Centre)} mm has no labels in this volume: {problem}.",
                "Check that the volume was drawn on this series, or leave the slice out.");
        }

        _across = section.Across;
        _seen.Add(section.Plane);
        float[] values = new float[voxels.Length];
        double? rounded = null;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = voxels[i] < 0 ? 0 : ValueAt(voxels[i], i, image.Columns, ref rounded);
        }

        return new SliceLabels(new LabelImage(image.Rows, image.Columns, values, IsLossy: false) { RoundedFrom = rounded }, IsMatched: true, []);
    }

    /// <inheritdoc/>
    public override int CountUnseen() =>
        _seen.Count == 0 ? 0 : Enumerable.Range(0, _header.Counts[_across]).Count(plane => !_seen.Contains(plane) && HoldsLabels(plane));

    private bool HoldsLabels(int plane)
    {
        int[] counts = _header.Counts;
        long stride = _across == 0 ? 1 : _across == 1 ? counts[0] : (long)counts[0] * counts[1];
        long period = stride * counts[_across];
        for (long start = plane * stride; start < (long)counts[0] * counts[1] * counts[2]; start += period)
        {
            for (long voxel = start; voxel < start + stride; voxel++)
            {
                if (Math.Abs(ScaledAt(voxel)) > _tolerance)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsGzip(ReadOnlySpan<byte> content) => content.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);

    private static FileFormatException Truncated(NiftiHeader header, long present, string path) => new(
        ErrorIds.NiftiTruncated,
        path,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The header states {string.Join(" × ", header.Counts)} voxels of {header.ItemSize} bytes, {header.RequiredLength:N0} bytes in all, but there are {present:N0}."),
        present)
    {
        Advice = ImageFile.DamagedAdvice,
    };

    // Inflates no more than the header states, and nothing if the file cannot hold that much.
    private static NiftiVolume Inflate(byte[] content, string path)
    {
        using var stream = new GZipStream(new MemoryStream(content, writable: false), CompressionMode.Decompress);
        try
        {
            byte[] head = new byte[NiftiHeader.GreatestLength];
            int count = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            NiftiHeader header = NiftiHeader.Parse(head.AsSpan(0, count), path);
            if (header.RequiredLength > Math.Min((content.Length * GreatestExpansion) + ExpansionRoom, Array.MaxLength))
            {
                throw Truncated(header, content.Length, path);
            }

            MemoryBudget.Require(header.RequiredLength, $"The volume of {string.Join(" × ", header.Counts)} voxels", path);

            // The system provides memory as it is written, with the actual data and not with the size in the header.
            byte[] inflated = GC.AllocateUninitializedArray<byte>((int)Math.Max(header.RequiredLength, count));
            head.AsSpan(0, count).CopyTo(inflated);
            count += stream.ReadAtLeast(inflated.AsSpan(count), inflated.Length - count, throwOnEndOfStream: false);

            // Reading past the end verifies the checksum at the end of the stream.
            _ = count >= header.RequiredLength ? stream.ReadByte() : throw Truncated(header, count, path);
            return new NiftiVolume(path, inflated, header);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new FileFormatException(ErrorIds.NiftiInvalid, path, "The gzip data is damaged.", null, e) { Advice = ImageFile.DamagedAdvice };
        }
    }

    private double ScaledAt(long voxel) =>
        (Read(_content.AsSpan((int)(_header.DataOffset + (voxel * _header.ItemSize)), _header.ItemSize)) * _header.Slope) + _header.Intercept;

    private float ValueAt(long voxel, int pixel, int columns, ref double? rounded)
    {
        double value = ScaledAt(voxel);
        double whole = Math.Round(value);
        if ((_header.Slope != 1 || _header.Intercept != 0) && Math.Abs(value - whole) <= _tolerance)
        {
            rounded ??= Math.Abs(value - whole) > LeastTolerance ? value : null;
            value = whole;
        }

        return LabelNumber.Exact(value, ErrorIds.NiftiUnsupported, Path, pixel, columns);
    }

    private double Read(ReadOnlySpan<byte> bytes)
    {
        bool big = _header.IsBigEndian;
        return _header.Type switch
        {
            2 => bytes[0],
            256 => (sbyte)bytes[0],
            4 => big ? BinaryPrimitives.ReadInt16BigEndian(bytes) : BinaryPrimitives.ReadInt16LittleEndian(bytes),
            512 => big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            8 => big ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes),
            768 => big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            16 => big ? BinaryPrimitives.ReadSingleBigEndian(bytes) : BinaryPrimitives.ReadSingleLittleEndian(bytes),
            64 => big ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            1024 => big ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => big ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
    }
}
