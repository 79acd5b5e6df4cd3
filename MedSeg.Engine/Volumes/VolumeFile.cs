using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Volumes;

/// <summary>Recognises and reads the volumes that are not DICOM.</summary>
internal static class VolumeFile
{
    private const string HeaderExtension = ".hdr";
    private const string SegmentsExtension = ".seg.nrrd";
    private const int MostOfHeader = 1 << 20;

    /// <summary>Gets the file extensions of volumes, in lower case, with their dots. A .hdr file is a volume only if it is NIfTI.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".nii.gz", ".nii", HeaderExtension, SegmentsExtension, ".nrrd", ".nhdr", ".mha", ".mhd"];

    /// <summary>Checks whether a file has segments of 3D Slicer, so it is never an image.</summary>
    /// <param name="path">The path.</param>
    public static bool IsSegmentation(string path) => path.EndsWith(SegmentsExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks from its extension whether a file should be a volume. Headers without an extension of their own are opened.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool Is(string path) => ExtensionOf(path) is { } extension && (extension != HeaderExtension || NiftiFile.IsHeaderOfPair(path));

    /// <summary>Returns the extension of a volume.</summary>
    /// <param name="path">The path.</param>
    /// <returns>The extension, in lower case; <see langword="null"/> for other files.</returns>
    public static string? ExtensionOf(string path) =>
        Extensions.FirstOrDefault(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(path).Length > extension.Length);

    /// <summary>Checks whether a file is the header of voxels that are in another file.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool MayHavePartner(string path) => ExtensionOf(path) is HeaderExtension or ".nhdr" or ".mhd" && Is(path);

    /// <summary>Checks whether a file has the voxels of a header next to it.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool IsPartner(string path)
    {
        string stem = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return stem.EndsWith(".img", StringComparison.OrdinalIgnoreCase) && NiftiFile.IsHeaderOfPair(Path.ChangeExtension(stem, HeaderExtension));
    }

    /// <summary>Reads a header and no voxels.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="MedSegException">As <see cref="Read"/>.</exception>
    public static VolumeHeader ReadHeader(string path)
    {
        if (!IsText(FileContent.TryReadHead(path, 16), path))
        {
            return NiftiFile.ReadHeader(path);
        }

        return HeaderOf(FileContent.TryReadHead(path, MostOfHeader), path).Header;
    }

    /// <summary>Reads a volume.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The volume, in memory.</returns>
    /// <exception cref="FileFormatException">The file is damaged, or of another format.</exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static VoxelVolume Read(string path) => Decode(FileContent.ReadWithinBudget(path), path);

    /// <summary>Opens a volume. An uncompressed one that is larger than the <see cref="MemoryBudget"/> stays in its file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="FileFormatException">As <see cref="Read"/>; a compressed volume larger than the budget is refused.</exception>
    /// <exception cref="MedSegException">As <see cref="Read"/>.</exception>
    public static VoxelVolume Open(string path) => Open(path, MemoryBudget.Bytes);

    /// <summary>Opens a volume.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="mostInMemory">The largest length of a file that is read into memory, in bytes.</param>
    internal static VoxelVolume Open(string path, long mostInMemory)
    {
        if (new FileInfo(path) is not { Exists: true } file || file.Length <= mostInMemory)
        {
            return Read(path);
        }

        byte[] head = FileContent.TryReadHead(path, MostOfHeader);
        if (!IsText(head, path))
        {
            return NiftiFile.Open(head, path, file.Length) ?? Read(path);
        }

        (VolumeHeader header, VoxelStorage storage) = HeaderOf(head, path);
        return storage.Open() is { } voxels ? new VoxelVolume(header, voxels) : Read(path);
    }

    /// <summary>Decodes a volume in memory.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages and for other files that it names.</param>
    /// <exception cref="FileFormatException">As <see cref="Read"/>.</exception>
    public static VoxelVolume Decode(byte[] content, string path)
    {
        if (!IsText(content, path))
        {
            return NiftiFile.Decode(content, path);
        }

        (VolumeHeader header, VoxelStorage storage) = HeaderOf(content, path);
        return new VoxelVolume(header, storage.Load(content));
    }

    private static bool IsText(ReadOnlySpan<byte> head, string path) => NrrdHeader.IsNrrd(head) || IsMetaImage(head, path);

    private static bool IsMetaImage(ReadOnlySpan<byte> head, string path) =>
        MetaImageFile.IsMetaImage(head) || (ExtensionOf(path) is ".mha" or ".mhd" && !head.IsEmpty && char.IsAsciiLetter((char)head[0]));

    private static (VolumeHeader Header, VoxelStorage Storage) HeaderOf(ReadOnlySpan<byte> content, string path) =>
        NrrdHeader.IsNrrd(content) ? NrrdFile.ReadHeader(content, path) : MetaImageFile.ReadHeader(content, path);
}
