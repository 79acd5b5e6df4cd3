using System.Globalization;
using System.IO.Compression;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Formats;

namespace MedSeg.Volumes;

/// <summary>Reads NIfTI-1 and NIfTI-2 files (.nii, .nii.gz), and pairs of a header and a file with the voxels (.hdr and .img), compressed or not.</summary>
internal static class NiftiFile
{
    private const string Format = "NIfTI";

    /// <summary>Checks from its first bytes whether a file may be NIfTI, compressed or not.</summary>
    /// <param name="content">The file.</param>
    public static bool MayBeNifti(ReadOnlySpan<byte> content) => Gzip.Is(content) || NiftiHeader.IsNifti(content);

    /// <summary>Checks whether a file is the header of a .hdr and .img pair.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool IsHeaderOfPair(string path)
    {
        try
        {
            return NiftiHeader.IsHeaderOfPair(ReadHead(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Finds the file with the voxels of a pair.</summary>
    /// <param name="path">The absolute path of the header, .hdr or .hdr.gz.</param>
    /// <returns>The absolute path of .img or .img.gz; <see langword="null"/> if there is none.</returns>
    public static string? FindImage(string path)
    {
        string stem = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        string[] names = [Path.ChangeExtension(stem, ".img"), Path.ChangeExtension(stem, ".img.gz"), Path.ChangeExtension(stem, ".IMG")];
        return Array.Find(names, File.Exists);
    }

    /// <summary>Reads a header; of a compressed file, no more is inflated.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The header.</returns>
    /// <exception cref="MedSegException">As <see cref="Decode"/>, and if the file does not exist or cannot be read.</exception>
    public static VolumeHeader ReadHeader(string path)
    {
        try
        {
            return ToHeader(NiftiHeader.Parse(EmptyFile.Is(path) ? [] : ReadHead(path), path), path);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The reader of whole files has messages for all that can happen; it fails in the same way.
            return Decode(FileContent.ReadWithinBudget(path), path).Header;
        }
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages and for the other file of a pair.</param>
    /// <returns>The volume.</returns>
    /// <exception cref="FileFormatException">As <see cref="NiftiHeader.Parse"/>; also if voxels are missing, or more memory is needed than is allowed.</exception>
    public static VoxelVolume Decode(byte[] content, string path)
    {
        try
        {
            byte[] head = Gzip.Is(content) ? Gzip.Head(new MemoryStream(content, writable: false), NiftiHeader.GreatestLength) : content;
            NiftiHeader nifti = NiftiHeader.Parse(head.AsSpan(0, Math.Min(head.Length, NiftiHeader.GreatestLength)), path);
            VolumeHeader header = ToHeader(nifti, path);
            byte[] voxels = nifti.IsPair ? ReadVoxelsOfPair(nifti, path) : Expand(content, nifti, path);
            return new VoxelVolume(header, new VoxelArray(voxels, nifti.DataOffset, nifti.Type, nifti.IsBigEndian, nifti.Slope, nifti.Intercept));
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>Opens a file whose voxels stay in it or, if it is compressed, in a temporary file; or whose voxels are still being read.</summary>
    /// <param name="path">The absolute path of a file that exists.</param>
    /// <param name="mostInMemory">The greatest length of decompressed voxels that are read into memory, in bytes.</param>
    /// <param name="ahead">If it is given, voxels in memory may still be read when the method returns, until it is cancelled.</param>
    /// <returns>The volume; <see langword="null"/> if the voxels are to be read at once, or their file does not exist.</returns>
    /// <exception cref="FileFormatException">As <see cref="NiftiHeader.Parse"/>; also if voxels are missing.</exception>
    public static VoxelVolume? Open(string path, long mostInMemory, CancellationToken? ahead)
    {
        if (EmptyFile.Is(path))
        {
            return null;
        }

        VolumeHeader header;
        VoxelArray? voxels;
        try
        {
            var nifti = NiftiHeader.Parse(ReadHead(path), path);
            header = ToHeader(nifti, path);
            string? file = nifti.IsPair ? FindImage(path) : path;
            voxels = file is null ? null
                : nifti.RequiredLength <= mostInMemory ? ahead is { } stop ? OpenAhead(file, nifti, stop) : null
                : new VoxelArray(OpenVoxels(file, nifti), nifti.DataOffset, nifti.Type, nifti.IsBigEndian, nifti.Slope, nifti.Intercept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The reader of whole files has messages for all that can happen.
            return null;
        }
        catch (InvalidDataException e)
        {
            throw Damaged(path, e);
        }

        return voxels is null ? null : new VoxelVolume(header, voxels);
    }

    private static VoxelArray OpenAhead(string path, NiftiHeader nifti, CancellationToken stop)
    {
        long length = new FileInfo(path).Length;
        bool isGzip = Gzip.Is(FileContent.TryReadHead(path, 2));
        if (isGzip ? nifti.RequiredLength > Gzip.MostOf(length) : nifti.RequiredLength > length)
        {
            throw Truncated(nifti, length, path);
        }

        Stream OpenStream() => isGzip ? Gzip.Open(FileContent.OpenRead(path), isZlib: false) : FileContent.OpenRead(path);
        var ahead = new VoxelsAhead((int)nifti.RequiredLength, path, OpenStream, present => Truncated(nifti, present, path), e => Damaged(path, e), stop);
        return new VoxelArray(ahead, nifti.DataOffset, nifti.Type, nifti.IsBigEndian, nifti.Slope, nifti.Intercept);
    }

    private static VoxelFile OpenVoxels(string path, NiftiHeader nifti)
    {
        long length = new FileInfo(path).Length;
        if (!Gzip.Is(FileContent.TryReadHead(path, 2)))
        {
            return nifti.RequiredLength <= length ? new VoxelFile(path) : throw Truncated(nifti, length, path);
        }

        if (!Gzip.MayInflateTo(length, nifti.RequiredLength))
        {
            throw Truncated(nifti, length, path);
        }

        using var stream = new GZipStream(FileContent.OpenRead(path), CompressionMode.Decompress);
        (VoxelFile voxels, long expanded) = ExpandedVoxels.Expand(stream, nifti.RequiredLength, path);
        return expanded == nifti.RequiredLength ? voxels : throw Truncated(nifti, expanded, path);
    }

    private static byte[] ReadHead(string path)
    {
        using FileStream stream = FileContent.OpenRead(path);
        byte[] head = new byte[NiftiHeader.GreatestLength];
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (!Gzip.Is(head))
        {
            return head;
        }

        stream.Position = 0;
        return Gzip.Head(stream, NiftiHeader.GreatestLength);
    }

    private static VolumeHeader ToHeader(NiftiHeader nifti, string path) => new(path, Format, nifti.ReadGeometry(path), nifti.Type)
    {
        IsFlat = nifti.Rank == 2,
        Volumes = nifti.Volumes,
        AxesBeforeVolumes = nifti.AreColors ? 0 : 3,
        AreColors = nifti.AreColors,
        Nifti = nifti,
        Files = nifti.IsPair && FindImage(path) is { } image ? [path, image] : [path],
    };

    private static byte[] ReadVoxelsOfPair(NiftiHeader nifti, string path)
    {
        string image = FindImage(path) ?? throw new FileFormatException(
            ErrorIds.NiftiTruncated, path, $"The file is the header of a pair, but {Path.GetFileName(Path.ChangeExtension(path, ".img"))} with its voxels is not in the same folder.")
        {
            Advice = "Copy both files, or save the volume as a single .nii or .nii.gz file.",
        };
        return Expand(FileContent.ReadWithinBudget(image), nifti, image);
    }

    // Inflates no more than the header states, and nothing if the file cannot hold that much.
    private static byte[] Expand(byte[] content, NiftiHeader nifti, string path)
    {
        if (!Gzip.Is(content))
        {
            return nifti.RequiredLength <= content.Length ? content : throw Truncated(nifti, content.Length, path);
        }

        if (nifti.RequiredLength > Gzip.MostOf(content.Length))
        {
            throw Truncated(nifti, content.Length, path);
        }

        MemoryBudget.Require(nifti.RequiredLength, $"The volume of {string.Join(" × ", nifti.Counts)} voxels", path);
        ArraySegment<byte> inflated = Gzip.Inflate(content, 0, (int)nifti.RequiredLength);
        return inflated.Count == nifti.RequiredLength ? inflated.Array! : throw Truncated(nifti, inflated.Count, path);
    }

    private static FileFormatException Truncated(NiftiHeader header, long present, string path) => new(
        ErrorIds.NiftiTruncated,
        path,
        string.Create(
            CultureInfo.InvariantCulture,
            $"The header states {string.Join(" × ", header.Volumes > 1 ? [.. header.Counts, header.Volumes] : header.Counts)} voxels of {header.ItemSize} bytes, {header.RequiredLength:N0} bytes in all, but there are {present:N0}."),
        present)
    {
        Advice = ImageFile.DamagedAdvice,
    };

    private static FileFormatException Damaged(string path, Exception cause) =>
        new(ErrorIds.NiftiInvalid, path, "The gzip data is damaged.", null, cause) { Advice = ImageFile.DamagedAdvice };
}
