using System.IO.Compression;
using System.Security.Cryptography;
using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Natives;

/// <summary>A package of native libraries (.nupkg), whose content is checked before and while it is unpacked.</summary>
internal sealed class NativePackage : IDisposable
{
    private const int MostEntries = 2000;
    private const int BufferSize = 1 << 18;

    // Libraries shrink to a fifth or less; what holds little but zeros shrinks further.
    private const long MostExpansion = 100;
    private const long ExpansionRoom = 1 << 20;

    // What NuGet adds to the files of a package.
    private static readonly string[] s_ofNuGet = ["_rels/", "package/"];
    private static readonly string[] s_ofNuGetByExtension = [".nuspec", ".p7s"];

    private readonly string _path;
    private readonly long _length;
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries;

    private NativePackage(string path, long length, ZipArchive archive)
    {
        _path = path;
        _length = length;
        _archive = archive;
        _entries = Guard(Index);
        List = ReadList();
    }

    /// <summary>Gets the list of the files.</summary>
    public NativeFileList List { get; }

    /// <summary>Opens a package and checks everything but the content of its files.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="wanted">What the module needs.</param>
    /// <exception cref="MedSegException">
    /// <c>FileNotFound</c>, <c>FileUnreadable</c>, <c>NativePackageInvalid</c>, <c>NativePackageMismatch</c> or <c>NativePackageUnsafe</c>.
    /// </exception>
    public static NativePackage Open(string path, NativeTarget wanted)
    {
        NativePackage package = OpenArchive(path);
        try
        {
            package.Require(wanted);
            return package;
        }
        catch
        {
            package.Dispose();
            throw;
        }
    }

    /// <summary>Unpacks a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="target">The absolute path to write; it must not exist.</param>
    /// <param name="written">Receives the number of bytes of each piece that was written.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="FileFormatException"><c>NativePackageInvalid</c>: it is not the file of the list.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Unpack(NativeFile file, string target, Action<long> written, CancellationToken cancellationToken)
    {
        using Stream source = Guard(_entries[file.Name].Open);
        using FileStream stream = FileChanges.Open(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[BufferSize];
        long length = 0;
        while (Guard(() => source.Read(buffer)) is > 0 and int read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            length += read;
            if (length > file.Size)
            {
                throw Damaged(file);
            }

            hash.AppendData(buffer, 0, read);
            stream.Write(buffer, 0, read);
            written(read);
        }

        if (length != file.Size || !Convert.ToHexString(hash.GetHashAndReset()).Equals(file.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw Damaged(file);
        }

        stream.Flush(flushToDisk: true);
    }

    /// <summary>Gives the bytes of the list.</summary>
    public byte[] ListContent()
    {
        if (!_entries.TryGetValue(NativeFileList.FileName, out ZipArchiveEntry? entry))
        {
            throw NativePackageErrors.Invalid(_path, $"This is not a package of MedSeg's native libraries: it does not contain {NativeFileList.FileName}.");
        }

        byte[] content = entry.Length <= NativeFileList.MaximumBytes ? new byte[entry.Length] : throw NativePackageErrors.TooLarge(_path);
        return Guard(() =>
        {
            using Stream stream = entry.Open();
            return stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length ? content : throw new InvalidDataException();
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private static NativePackage OpenArchive(string path)
    {
        FileStream? stream = null;
        try
        {
            stream = FileContent.OpenRead(path);
            return new NativePackage(path, stream.Length, new ZipArchive(stream, ZipArchiveMode.Read));
        }
        catch (Exception e)
        {
            stream?.Dispose();
            throw e switch
            {
                FileNotFoundException or DirectoryNotFoundException => new MedSegException(ErrorKind.NotFound, ErrorIds.FileNotFound, $"{path}: The file does not exist.", path, e) { Advice = MissingPath.Advise(path) },
                InvalidDataException => NativePackageErrors.Invalid(path, "This is not a .nupkg file, or it is damaged.", e),
                IOException or UnauthorizedAccessException => new MedSegException(ErrorKind.InvalidData, ErrorIds.FileUnreadable, $"{path}: The file could not be read: {e.Message}", path, e)
                {
                    Advice = "Check that it is a file and that you have read access.",
                },
                _ => e,
            };
        }
    }

    private Dictionary<string, ZipArchiveEntry> Index()
    {
        if (_archive.Entries.Count > MostEntries)
        {
            throw NativePackageErrors.TooLarge(_path);
        }

        var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        foreach (ZipArchiveEntry entry in _archive.Entries)
        {
            // NuGet writes names as parts of an address.
            string name = Uri.UnescapeDataString(entry.FullName);
            string[] parts = name.Split('/', '\\');
            if (parts[0].Length == 0 || parts.Contains("..") || name.Contains(':', StringComparison.Ordinal))
            {
                throw NativePackageErrors.Outside(_path, name);
            }

            if (!entries.TryAdd(name, entry))
            {
                throw NativePackageErrors.Invalid(_path, $"The package contains the file {name} twice.");
            }
        }

        return entries;
    }

    private NativeFileList ReadList() => NativeFileList.Parse(ListContent(), _path);

    private void Require(NativeTarget wanted)
    {
        if (List.Version != wanted.Version || List.Runtime != wanted.Runtime || List.Backend != wanted.Backend)
        {
            throw NativePackageErrors.Mismatch(_path, List, wanted);
        }

        foreach (NativeFile file in List.Files)
        {
            if (!_entries.TryGetValue(file.Name, out ZipArchiveEntry? entry) || entry.Length != file.Size)
            {
                throw Damaged(file);
            }
        }

        if (List.Size > (MostExpansion * _length) + ExpansionRoom)
        {
            throw NativePackageErrors.TooLarge(_path);
        }

        HashSet<string> listed = [.. List.Files.Select(file => file.Name), NativeFileList.FileName, "[Content_Types].xml"];
        if (_entries.Keys.FirstOrDefault(name => !listed.Contains(name) && !IsOfNuGet(name)) is { } unlisted)
        {
            throw NativePackageErrors.Invalid(_path, $"The package contains the file {unlisted}, which is not on its list.");
        }
    }

    private static bool IsOfNuGet(string name) =>
        name.EndsWith('/') || s_ofNuGet.Any(folder => name.StartsWith(folder, StringComparison.Ordinal))
        || (!name.Contains('/', StringComparison.Ordinal) && s_ofNuGetByExtension.Contains(Path.GetExtension(name)));

    private FileFormatException Damaged(NativeFile file) =>
        NativePackageErrors.Invalid(_path, $"{file.Name} in the package is missing, damaged or changed: it does not have the size and the SHA-256 of the list.");

    // What is thrown while writing passes: these read only.
    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw NativePackageErrors.Invalid(_path, "The package is damaged.", e);
        }
    }
}
