using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Files;

/// <summary>
/// Changes files and folders: every such call of the engine is here. What other programs hold only for a moment, such as virus scanners, and
/// what a network share refuses while it is away, is tried again (<see cref="FileRetry"/>).
/// </summary>
internal static partial class FileChanges
{
    private const int DefaultBuffer = 4096;
    private const int Interrupted = 4;

    // Errors of file systems that cannot flush a folder: EBADF, EACCES, EINVAL, ENOTSUP (Linux, macOS).
    private static readonly HashSet<int> s_cannotFlush = [9, 13, 22, 45, 95];

    /// <summary>Gets what tests run before each change, in their own flow of execution; it throws what the system would.</summary>
    internal static AsyncLocal<Action<FileChange, string>?> Before { get; } = new();

    /// <summary>Opens a file for writing.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="mode">How to open it.</param>
    /// <param name="access">Writing, or reading and writing.</param>
    /// <param name="share">What others may do meanwhile.</param>
    /// <param name="bufferSize">The size of the buffer in bytes.</param>
    /// <param name="options">Such as deleting it when it is closed.</param>
    /// <param name="userOnly">Whether only the user may read a new file; on Windows, the folder decides.</param>
    public static FileStream Open(
        string path, FileMode mode, FileAccess access, FileShare share, int bufferSize = DefaultBuffer, FileOptions options = FileOptions.None, bool userOnly = false) =>
        FileRetry.Current.Run(path, FileChange.Open, () => OpenOnce(path, mode, access, share, bufferSize, options, userOnly));

    /// <summary>Opens a lock file, once: the caller wants to know whether another process has it open.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="options">Such as deleting it when it is closed.</param>
    public static FileStream OpenLock(string path, FileOptions options = FileOptions.None) =>
        OpenOnce(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, options, userOnly: false);

    /// <summary>Creates a file that several threads write to by position, and that may be renamed and read meanwhile. On Unix, only the user may read it.</summary>
    /// <param name="path">The absolute path.</param>
    public static SafeFileHandle CreateHandle(string path) => FileRetry.Current.Run(path, FileChange.Open, () =>
    {
        Before.Value?.Invoke(FileChange.Open, path);
        SafeFileHandle handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return handle;
    });

    /// <summary>Opens a file that vanishes when it is closed, unless another process has it open.</summary>
    /// <param name="path">The absolute path.</param>
    public static void DeleteUnlessOpen(string path)
    {
        Before.Value?.Invoke(FileChange.Delete, path);
        using SafeFileHandle deleted = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, FileOptions.DeleteOnClose);
    }

    /// <summary>Renames a file, and writes the new name to disk where the system can.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="target">The new path, in the same folder.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    public static void Rename(string path, string target, bool replace)
    {
        FileRetry.Current.Run(target, FileChange.Rename, () =>
        {
            Before.Value?.Invoke(FileChange.Rename, path);
            Before.Value?.Invoke(FileChange.Rename, target);
            File.Move(path, target, replace);
        });
        FlushFolder(Path.GetDirectoryName(target)!);
    }

    /// <summary>Deletes a file; one that does not exist is no error.</summary>
    /// <param name="path">The absolute path.</param>
    public static void Delete(string path) => FileRetry.Current.Run(path, FileChange.Delete, () =>
    {
        if (File.Exists(path))
        {
            Before.Value?.Invoke(FileChange.Delete, path);
            File.Delete(path);
        }
    });

    /// <summary>Deletes an empty folder.</summary>
    /// <param name="path">The absolute path.</param>
    public static void DeleteFolder(string path)
    {
        Before.Value?.Invoke(FileChange.Delete, path);
        Directory.Delete(path);
    }

    /// <summary>Deletes a folder with all that is in it; one that does not exist is no error.</summary>
    /// <param name="path">The absolute path.</param>
    public static void DeleteTree(string path)
    {
        if (Directory.Exists(path))
        {
            Before.Value?.Invoke(FileChange.Delete, path);
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Renames a folder, and writes the new name to disk where the system can.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="target">The new path, in the same folder; it must not exist.</param>
    public static void RenameFolder(string path, string target)
    {
        FileRetry.Current.Run(target, FileChange.Rename, () =>
        {
            Before.Value?.Invoke(FileChange.Rename, path);
            Before.Value?.Invoke(FileChange.Rename, target);
            Directory.Move(path, target);
        });
        FlushFolder(Path.GetDirectoryName(target)!);
    }

    /// <summary>Creates a folder and those above it, and writes their names to disk where the system can.</summary>
    /// <param name="path">The absolute path.</param>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { } parent)
        {
            CreateFolder(parent);
            FileRetry.Current.Run(path, FileChange.Open, () => Directory.CreateDirectory(path));
            FlushFolder(parent);
        }
    }

    /// <summary>Writes the names of a folder's files to disk. Without it, a power cut can undo a rename. Windows cannot; NTFS keeps the order.</summary>
    /// <param name="folder">The absolute path.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        (int handle, _) = UnlessInterrupted(() => OpenFolder(folder, 0));
        if (handle < 0)
        {
            return;
        }

        (_, int error) = UnlessInterrupted(() => Flush(handle));
        _ = Close(handle);
        if (error != 0 && !s_cannotFlush.Contains(error))
        {
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)} : '{folder}'", error);
        }
    }

    /// <summary>Gives a file a second name, which fails where that exists.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="name">The second path.</param>
    /// <returns>Whether it has the second name; not every file system can do that.</returns>
    public static bool TryLink(string path, string name) => !OperatingSystem.IsWindows() && Link(path, name) == 0;

    /// <summary>Opens a file as <see cref="Open"/> does, but tries only once.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="mode">How to open it.</param>
    /// <param name="access">Writing, or reading and writing.</param>
    /// <param name="share">What others may do meanwhile.</param>
    /// <param name="bufferSize">The size of the buffer in bytes.</param>
    /// <param name="options">Such as deleting it when it is closed.</param>
    /// <param name="userOnly">Whether only the user may read a new file; on Windows, the folder decides.</param>
    public static FileStream OpenOnce(
        string path, FileMode mode, FileAccess access, FileShare share, int bufferSize = DefaultBuffer, FileOptions options = FileOptions.None, bool userOnly = false)
    {
        Before.Value?.Invoke(FileChange.Open, path);
        var all = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = bufferSize, Options = options };
        if (userOnly && !OperatingSystem.IsWindows())
        {
            all.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, all);
    }

    // A signal ends a call of the system early.
    private static (int Result, int Error) UnlessInterrupted(Func<int> call)
    {
        while (true)
        {
            int result = call();
            int error = result >= 0 ? 0 : Marshal.GetLastPInvokeError();
            if (error != Interrupted)
            {
                return (result, error);
            }
        }
    }

    // File systems without links, such as FAT, report an error.
    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);

    // FileStream cannot open a folder.
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFolder(string path, int readOnly);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
