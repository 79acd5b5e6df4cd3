using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Volumes;

/// <summary>Where and how the voxels of an NRRD, MetaImage or Analyze file are stored.</summary>
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

    /// <summary>Gets the absolute paths of the files with the voxels, in their order; empty if the voxels follow the header.</summary>
    public IReadOnlyList<string> DataPaths { get; init; } = [];

    /// <summary>Gets the offset in their file of what is stored, in bytes.</summary>
    public long Offset { get; init; }

    /// <summary>Gets the number of lines of text that precede what is stored.</summary>
    public int LineSkip { get; init; }

    /// <summary>Gets the number of bytes to skip in what is stored, after decompression; −1 if the voxels are at the end of their file, uncompressed.</summary>
    public long ByteSkip { get; init; }

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
            : throw errors.Unsupported($"The voxels should be in '{name}', but only files in the header's folder are read.", "Put all files into one folder and correct the names, or save the volume as one file.");
    }

    /// <summary>Loads the voxels.</summary>
    /// <param name="content">The whole file with the header.</param>
    /// <returns>The voxels.</returns>
    /// <exception cref="FileFormatException"><c>VolumeTruncated</c>, <c>VolumeInvalid</c>, or <c>FileTooLarge</c>.</exception>
    /// <exception cref="MedSegException">A file with voxels cannot be read.</exception>
    public VoxelArray Load(byte[] content)
    {
        bool isBigEndian = IsBigEndian && Compression != VoxelCompression.Text;
        if (DataPaths.Count > 1)
        {
            return new VoxelArray(LoadParts(), 0, Type, isBigEndian);
        }

        (byte[] bytes, long start) = Decode(DataPaths is [string path] ? ReadData(path) : content, Count);
        return new VoxelArray(bytes, start, Type, isBigEndian);
    }

    /// <summary>Opens voxels that stay in their file or, if they are compressed, in a temporary file; or that are still being read.</summary>
    /// <param name="mostInMemory">The greatest length of decompressed voxels that are read into memory, in bytes.</param>
    /// <param name="ahead">If it is given, voxels in memory may still be read when the method returns, until it is cancelled.</param>
    /// <returns>The voxels; <see langword="null"/> if they are to be read at once, are text, hexadecimal or bzip2, follow lines of text or are in several files, or their file does not exist.</returns>
    /// <exception cref="FileFormatException"><c>VolumeTruncated</c>, <c>VolumeInvalid</c>, or <c>FileTooLarge</c>.</exception>
    public VoxelArray? Open(long mostInMemory, CancellationToken? ahead)
    {
        string path = DataPaths is [string data] ? data : Errors.Path;
        long required = Count * VoxelArray.SizeOf(Type);
        bool isInMemory = required + Math.Max(0, ByteSkip) <= mostInMemory;
        if ((isInMemory && ahead is null) || Compression is VoxelCompression.Text or VoxelCompression.Hex or VoxelCompression.Bzip2 || DataPaths.Count > 1 || LineSkip > 0 || !File.Exists(path))
        {
            return null;
        }

        long length = new FileInfo(path).Length;
        if (Compression == VoxelCompression.None)
        {
            long start = StartOf(length, Offset, required);
            return isInMemory
                ? new VoxelArray(ReadAhead(required, path, () => OpenAt(path, start), ahead!.Value), 0, Type, IsBigEndian)
                : new VoxelArray(new VoxelFile(path), start, Type, IsBigEndian);
        }

        RequirePlausible(length, required);
        return isInMemory
            ? new VoxelArray(ReadAhead(required + ByteSkip, path, () => Gzip.Open(OpenAt(path, Offset), isZlib: Compression == VoxelCompression.Zlib), ahead!.Value), ByteSkip, Type, IsBigEndian)
            : new VoxelArray(Expand(path, required), ByteSkip, Type, IsBigEndian);
    }

    private static FileStream OpenAt(string path, long position)
    {
        FileStream file = FileContent.OpenRead(path);
        file.Position = position;
        return file;
    }

    private VoxelsAhead ReadAhead(long length, string path, Func<Stream> open, CancellationToken stop) =>
        new((int)length, path, open, present => Errors.Truncated(Count * VoxelArray.SizeOf(Type), Math.Max(0, present - Math.Max(0, ByteSkip))), Errors.Damaged, stop);

    private void RequirePlausible(long length, long required)
    {
        if (ByteSkip < 0 || Offset > length || !Gzip.MayInflateTo(length - Offset, required + ByteSkip))
        {
            throw Errors.Truncated(required, Math.Max(0, length - Offset));
        }
    }

    private VoxelFile Expand(string path, long required)
    {
        try
        {
            using FileStream file = OpenAt(path, Offset);
            using Stream stream = Gzip.Open(file, isZlib: Compression == VoxelCompression.Zlib);
            (VoxelFile voxels, long expanded) = ExpandedVoxels.Expand(stream, required + ByteSkip, Errors.Path);
            return expanded == required + ByteSkip ? voxels : throw Errors.Truncated(required, Math.Max(0, expanded - ByteSkip));
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Errors.Damaged(e);
        }
    }

    // Each file has the same share of the voxels.
    private byte[] LoadParts()
    {
        long required = Count * VoxelArray.SizeOf(Type);
        if (DataPaths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            throw Missing(missing);
        }

        RequireMemory(required);
        byte[] voxels = [];
        long share = Count / DataPaths.Count;
        int length = (int)(share * VoxelArray.SizeOf(Type));
        for (int part = 0; part < DataPaths.Count; part++)
        {
            (byte[] bytes, long start) = Decode(ReadData(DataPaths[part]), share);
            voxels = part == 0 ? new byte[required] : voxels;
            bytes.AsSpan((int)start, length).CopyTo(voxels.AsSpan(part * length));
        }

        return voxels;
    }

    private (byte[] Bytes, long Start) Decode(byte[] bytes, long count)
    {
        long required = count * VoxelArray.SizeOf(Type);
        long offset = AfterLines(bytes);
        if (Compression == VoxelCompression.None)
        {
            return (bytes, StartOf(bytes.Length, offset, required));
        }

        long present = Math.Max(0, bytes.Length - offset);
        if (Compression == VoxelCompression.Text)
        {
            RequireMemory(Math.Min(required, VoxelText.MostOf(present) * VoxelArray.SizeOf(Type)));
            return (VoxelText.Parse(bytes.AsSpan((int)Math.Min(bytes.Length, offset + Math.Max(0, ByteSkip))), count, Type, Errors), 0);
        }

        if (Compression == VoxelCompression.Hex)
        {
            RequireMemory(Math.Min(required, present / 2));
            return (VoxelHex.Parse(bytes.AsSpan((int)Math.Min(bytes.Length, offset + Math.Max(0, ByteSkip))), required, Errors), 0);
        }

        long inflated = required + ByteSkip;
        if (ByteSkip < 0 || offset > bytes.Length || (Compression != VoxelCompression.Bzip2 && inflated > Gzip.MostOf(present)))
        {
            throw Errors.Truncated(required, present);
        }

        RequireMemory(inflated);
        try
        {
            ArraySegment<byte> voxels = Compression == VoxelCompression.Bzip2
                ? Bzip2.Expand(bytes, (int)offset, (int)inflated)
                : Gzip.Inflate(bytes, (int)offset, (int)inflated, isZlib: Compression == VoxelCompression.Zlib);
            return voxels.Count == inflated ? (voxels.Array!, ByteSkip) : throw Errors.Truncated(required, Math.Max(0, voxels.Count - ByteSkip));
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Errors.Damaged(e);
        }
    }

    private void RequireMemory(long bytes)
    {
        MemoryBudget.Require(bytes, "The volume", Errors.Path);
        if (bytes > Array.MaxLength)
        {
            throw Errors.Unsupported("The volume has more than 2 GB, and is text, hexadecimal, compressed or in several files.", "Save it as one raw file, which is read slice by slice.");
        }
    }

    private long StartOf(long length, long offset, long required)
    {
        long start = ByteSkip < 0 ? length - required : offset + ByteSkip;
        return start >= 0 && required <= length - start ? start : throw Errors.Truncated(required, Math.Max(0, length - offset - Math.Max(0, ByteSkip)));
    }

    private long AfterLines(byte[] bytes)
    {
        long offset = Offset;
        for (int line = 0; line < LineSkip; line++)
        {
            int length = offset < bytes.Length ? bytes.AsSpan((int)offset).IndexOf((byte)'\n') : -1;
            offset = length < 0 ? throw Errors.Invalid($"The header states {LineSkip} lines of text before the voxels, but there are {line}.") : offset + length + 1;
        }

        return offset;
    }

    private byte[] ReadData(string path) => File.Exists(path) ? FileContent.ReadWithinBudget(path) : throw Missing(path);

    private FileFormatException Missing(string path) => Errors.Invalid($"The file {Path.GetFileName(path)} with the voxels does not exist.");
}
