using System.Buffers.Binary;
using System.IO.Compression;

namespace MedSeg.Tests.Volumes;

/// <summary>A NIfTI-1 file of 16-bit integers, written by the offsets of nifti1.h.</summary>
internal sealed record NiftiBytes(int[] Counts, short[] Voxels)
{
    public const int DataOffset = 352;

    /// <summary>Gets the rows of the sform, 12 numbers; null to set neither sform nor qform.</summary>
    public float[]? Affine { get; init; }

    public float[] Sizes { get; init; } = [1, 1, 1];

    public bool IsPair { get; init; }

    /// <summary>Makes a volume whose voxels are their indices.</summary>
    public static NiftiBytes Counting(params int[] counts) => new(counts, [.. Enumerable.Range(0, counts.Aggregate((a, b) => a * b)).Select(i => (short)i)]);

    public byte[] ToHeader()
    {
        byte[] header = new byte[DataOffset];
        BinaryPrimitives.WriteInt32LittleEndian(header, 348);
        Int16(header, 40, Counts.Length);
        for (int axis = 0; axis < 7; axis++)
        {
            Int16(header, 42 + (2 * axis), axis < Counts.Length ? Counts[axis] : 1);
        }

        Int16(header, 70, 4);
        Int16(header, 72, 16);
        Single(header, 76, [1, .. Sizes]);
        Single(header, 108, IsPair ? 0 : DataOffset);
        header[123] = 2;
        "SECRET 12:34"u8.CopyTo(header.AsSpan(148));
        if (Affine is not null)
        {
            Int16(header, 254, 2);
            Single(header, 280, Affine);
        }

        (IsPair ? "ni1\0"u8 : "n+1\0"u8).CopyTo(header.AsSpan(344));
        return header;
    }

    public byte[] ToVoxels()
    {
        byte[] voxels = new byte[2 * Voxels.Length];
        for (int i = 0; i < Voxels.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(voxels.AsSpan(2 * i), Voxels[i]);
        }

        return voxels;
    }

    public byte[] ToArray() => [.. ToHeader(), .. ToVoxels()];

    public static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    /// <summary>Writes the file; one whose name ends with .gz is compressed.</summary>
    public string Save(params string[] parts)
    {
        string path = Path.Combine(parts);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, path.EndsWith(".gz", StringComparison.Ordinal) ? Pack(ToArray()) : ToArray());
        return path;
    }

    private static void Int16(byte[] header, int offset, int value) => BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(offset), (short)value);

    private static void Single(byte[] header, int offset, params float[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(offset + (4 * i)), values[i]);
        }
    }
}
