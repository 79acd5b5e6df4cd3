using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Volumes;

/// <summary>Where and how the voxels of an NRRD or MetaImage file are stored.</summary>
internal sealed record VoxelStorage
{
    /// <summary>Gets the errors of the file with the header.</summary>
    public required VolumeErrors Errors { get; init; }

    /// <summary>Gets the type of the stored numbers.</summary>
    public required VoxelType Type { get; init; }

    /// <summary>Gets the number of stored numbers.</summary>
    public required long Count { get; init; }

    /// <summary>Gets whether the numbers are big-endian.</summary>
    public bool IsBigEndian { get; init; }

    /// <summary>Gets how the voxels are compressed.</summary>
    public VoxelCompression Compression { get; init; }

    /// <summary>Gets the absolute path of the file with the voxels; <see langword="null"/> if they follow the header.</summary>
    public string? DataPath { get; init; }

    /// <summary>Gets the offset of the voxels in their file, in bytes; −1 if they are at its end.</summary>
    public long Offset { get; init; }

    /// <summary>Finds the file with the voxels next to the header.</summary>
    /// <param name="name">The name in the header.</param>
    /// <param name="errors">The errors of the file with the header.</param>
    /// <returns>The absolute path.</returns>
    /// <exception cref="FileFormatException"><c>VolumeUnsupported</c>: the name leads out of the folder of the header.</exception>
    public static string Find(string name, VolumeErrors errors)
    {
        bool isInside = name.Length > 0 && !Path.IsPathRooted(name) && !name.Split('/', '\\').Contains("..") && name.IndexOfAny([':', '\0', '%']) < 0;
        return isInside
            ? Path.Combine(Path.GetDirectoryName(errors.Path)!, name.Replace('\\', '/'))
            : throw errors.Unsupported($"The voxels should be in '{name}', but only a single file in the header's folder is read.", "Put both files into one folder and correct the name, or save the volume as one file.");
    }

    /// <summary>Loads the voxels.</summary>
    /// <param name="content">The whole file with the header.</param>
    /// <returns>The voxels.</returns>
    /// <exception cref="FileFormatException"><c>VolumeTruncated</c>, <c>VolumeInvalid</c>, or <c>FileTooLarge</c>.</exception>
    /// <exception cref="MedSegException">The file with the voxels cannot be read.</exception>
    public VoxelArray Load(byte[] content)
    {
        byte[] bytes = DataPath is null ? content : ReadData(DataPath);
        long required = Count * VoxelArray.SizeOf(Type);
        if (Compression == VoxelCompression.None)
        {
            long start = Offset < 0 ? bytes.Length - required : Offset;
            return start >= 0 && required <= bytes.Length - start
                ? new VoxelArray(bytes, start, Type, IsBigEndian)
                : throw Errors.Truncated(required, Math.Max(0, bytes.Length - Math.Max(0, Offset)));
        }

        long present = Math.Max(0, bytes.Length - Offset);
        if (Offset < 0 || Offset > bytes.Length || required > Gzip.MostOf(present))
        {
            throw Errors.Truncated(required, present);
        }

        MemoryBudget.Require(required, "The volume", Errors.Path);
        try
        {
            ArraySegment<byte> inflated = Gzip.Inflate(bytes, (int)Offset, (int)required, isZlib: Compression == VoxelCompression.Zlib);
            return inflated.Count == required ? new VoxelArray(inflated.Array!, 0, Type, IsBigEndian) : throw Errors.Truncated(required, inflated.Count);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Errors.Damaged(e);
        }
    }

    /// <summary>Opens uncompressed voxels that stay in their file.</summary>
    /// <returns>The voxels; <see langword="null"/> if they are compressed, or their file does not exist.</returns>
    /// <exception cref="FileFormatException"><c>VolumeTruncated</c>.</exception>
    public VoxelArray? Open()
    {
        string path = DataPath ?? Errors.Path;
        if (Compression != VoxelCompression.None || !File.Exists(path))
        {
            return null;
        }

        long length = new FileInfo(path).Length;
        long required = Count * VoxelArray.SizeOf(Type);
        long start = Offset < 0 ? length - required : Offset;
        return start >= 0 && required <= length - start
            ? new VoxelArray(new VoxelFile(path), start, Type, IsBigEndian)
            : throw Errors.Truncated(required, Math.Max(0, length - Math.Max(0, Offset)));
    }

    private byte[] ReadData(string path) => File.Exists(path)
        ? FileContent.ReadWithinBudget(path)
        : throw Errors.Invalid($"The file {Path.GetFileName(path)} with the voxels does not exist.");
}
