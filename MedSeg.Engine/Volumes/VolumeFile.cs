using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Volumes;

/// <summary>Recognises and reads the volumes that are not DICOM.</summary>
internal static class VolumeFile
{
    private const string HeaderExtension = ".hdr";
    private const string SegmentsExtension = ".seg.nrrd";
    private const int MostOfHeader = 1 << 20;
    private const int HeadLength = 348;

    /// <summary>Gets the file extensions of volumes, in lower case, with their dots. A .hdr file is a volume only if it is NIfTI or Analyze.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".nii.gz", ".nii", HeaderExtension, SegmentsExtension, ".nrrd", ".nhdr", ".mha", ".mhd"];

    /// <summary>Checks whether a file has segments of 3D Slicer, so it is never an image.</summary>
    /// <param name="path">The path.</param>
    public static bool IsSegmentation(string path) => path.EndsWith(SegmentsExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks from its extension whether a file should be a volume. Headers without an extension of their own are opened.</summary>
    /// <param name="path">The absolute path.</param>
    public static bool Is(string path) => ExtensionOf(path) is { } extension && (extension != HeaderExtension || IsHeader(path));

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
        return stem.EndsWith(".img", StringComparison.OrdinalIgnoreCase) && IsHeader(Path.ChangeExtension(stem, HeaderExtension));
    }

    /// <summary>Reads a header and no voxels.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="MedSegException">As <see cref="Read"/>.</exception>
    public static VolumeHeader ReadHeader(string path)
    {
        if (!HasStorage(FileContent.TryReadHead(path, HeadLength), path))
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

    /// <summary>Opens a volume. One that is larger than the <see cref="MemoryBudget"/> stays in its file; if that is compressed, in a temporary file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="FileFormatException">As <see cref="Read"/>; or there is no space for a temporary file (<c>FileTooLarge</c>).</exception>
    /// <exception cref="MedSegException">As <see cref="Read"/>.</exception>
    public static VoxelVolume Open(string path) => Open(path, Math.Min(MemoryBudget.Bytes, Array.MaxLength));

    /// <summary>
    /// Opens a volume as <see cref="Open(string)"/> does, but its voxels are read while slices are asked for. Errors of the voxels come when these are
    /// needed, and from <see cref="VoxelArray.Complete"/>.
    /// </summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="stop">Stops reading if nobody needs the voxels any more.</param>
    /// <exception cref="FileFormatException">As <see cref="Open(string)"/>.</exception>
    /// <exception cref="MedSegException">As <see cref="Read"/>.</exception>
    public static VoxelVolume OpenAhead(string path, CancellationToken stop) => Open(path, Math.Min(MemoryBudget.Bytes, Array.MaxLength), stop);

    /// <summary>Opens a volume.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="mostInMemory">The greatest length of decompressed voxels that are read into memory, in bytes.</param>
    /// <param name="ahead">If it is given, voxels in memory may still be read when the method returns, until it is cancelled.</param>
    internal static VoxelVolume Open(string path, long mostInMemory, CancellationToken? ahead = null)
    {
        if (!File.Exists(path))
        {
            return Read(path);
        }

        if (!HasStorage(FileContent.TryReadHead(path, HeadLength), path))
        {
            return NiftiFile.Open(path, mostInMemory, ahead) ?? Read(path);
        }

        (VolumeHeader header, VoxelStorage storage) = HeaderOf(FileContent.TryReadHead(path, MostOfHeader), path);
        return storage.Open(mostInMemory, ahead) is { } voxels ? new VoxelVolume(header, voxels) : Read(path);
    }

    /// <summary>Decodes a volume in memory.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages and for other files that it names.</param>
    /// <exception cref="FileFormatException">As <see cref="Read"/>.</exception>
    public static VoxelVolume Decode(byte[] content, string path)
    {
        if (!HasStorage(content, path))
        {
            return NiftiFile.Decode(content, path);
        }

        (VolumeHeader header, VoxelStorage storage) = HeaderOf(content, path);
        return new VoxelVolume(header, storage.Load(content));
    }

    // NIfTI has its own reader, since one header describes both kinds of files.
    private static bool HasStorage(ReadOnlySpan<byte> head, string path) => NrrdHeader.IsNrrd(head) || IsMetaImage(head, path) || IsAnalyze(head, path);

    private static bool IsAnalyze(ReadOnlySpan<byte> head, string path) => ExtensionOf(path) == HeaderExtension && AnalyzeFile.Is(head);

    private static bool IsHeader(string path) => NiftiFile.IsHeaderOfPair(path) || AnalyzeFile.IsHeader(path);

    private static bool IsMetaImage(ReadOnlySpan<byte> head, string path) =>
        MetaImageFile.IsMetaImage(head) || (ExtensionOf(path) is ".mha" or ".mhd" && !head.IsEmpty && char.IsAsciiLetter((char)head[0]));

    private static (VolumeHeader Header, VoxelStorage Storage) HeaderOf(ReadOnlySpan<byte> content, string path) =>
        NrrdHeader.IsNrrd(content) ? NrrdFile.ReadHeader(content, path)
        : IsAnalyze(content, path) ? AnalyzeFile.ReadHeader(content, path)
        : MetaImageFile.ReadHeader(content, path);
}
