using MedSeg.Errors;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Files;

/// <summary>Reads whole files; every error names the file.</summary>
internal static class FileContent
{
    /// <summary>Reads a file into memory.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="maximumBytes">The largest size that the caller accepts, in bytes.</param>
    /// <returns>All of its bytes.</returns>
    /// <exception cref="MedSegException">
    /// The file does not exist (<c>FileNotFound</c>), cannot be read (<c>FileUnreadable</c>) or is too large
    /// (<c>FileTooLarge</c>).
    /// </exception>
    public static byte[] Read(string path, long maximumBytes = int.MaxValue)
    {
        byte[] content = [];
        Read(path, maximumBytes, length => content = GC.AllocateUninitializedArray<byte>(length));
        return content;
    }

    /// <summary>Reads a file into memory that is not longer than the <see cref="MemoryBudget"/>: a sparse file takes no room on the disk.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>All of its bytes.</returns>
    /// <exception cref="MedSegException">As <see cref="Read(string, long)"/>.</exception>
    public static byte[] ReadWithinBudget(string path)
    {
        RequireBudget(path);
        return Read(path);
    }

    /// <summary>Reads a file into pooled memory, which is returned when the result is disposed.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>All of its bytes.</returns>
    /// <exception cref="MedSegException">As <see cref="ReadWithinBudget"/>.</exception>
    public static RentedContent Rent(string path)
    {
        RentedContent? content = null;
        try
        {
            RequireBudget(path);
            Read(path, int.MaxValue, length =>
            {
                content?.Dispose();
                content = new RentedContent(length);
                return content.Bytes;
            });
            return content!;
        }
        catch
        {
            content?.Dispose();
            throw;
        }
    }

    /// <summary>Reads a part of a file, which is open during the call only.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="position">The offset of the first byte.</param>
    /// <param name="target">Receives the bytes.</param>
    /// <returns>The number of bytes, fewer than asked for if the file ends.</returns>
    /// <exception cref="MedSegException"><c>FileUnreadable</c>.</exception>
    public static int ReadPart(string path, long position, Span<byte> target)
    {
        try
        {
            using SafeFileHandle handle = OpenHandle(path);
            return Fill(handle, target, position);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PartUnreadable(path, e.Message, e);
        }
    }

    /// <summary>Makes the error of a file that changed, or whose drive was disconnected, while it was read in parts.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="reason">A sentence.</param>
    /// <param name="cause">The cause, or null.</param>
    public static MedSegException PartUnreadable(string path, string reason, Exception? cause = null) => new(ErrorKind.InvalidData, ErrorIds.FileUnreadable, $"{path}: The file could not be read: {reason}", path, cause)
    {
        Advice = "Check that the drive is connected and that no other program writes the file.",
    };

    /// <summary>Opens a file that others may have open for writing, as viewers have images, and may replace or delete meanwhile.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static FileStream OpenRead(string path) =>
        FileRetry.Current.RunOnNetwork(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <summary>Opens a file as <see cref="OpenRead"/> does, to read it by position.</summary>
    /// <param name="path">The absolute path.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle OpenHandle(string path) =>
        FileRetry.Current.RunOnNetwork(() => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess));

    /// <summary>Reads a small file that others may have open for writing. Errors are those of the system.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>All of its bytes.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static byte[] ReadShared(string path)
    {
        using SafeFileHandle handle = OpenHandle(path);
        byte[] content = GC.AllocateUninitializedArray<byte>(checked((int)RandomAccess.GetLength(handle)));
        ReadExactly(handle, content);
        return content;
    }

    /// <summary>Reads the first bytes of a file, from which its kind is told.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="length">How many bytes to read at most.</param>
    /// <returns>The bytes, fewer if the file is shorter; none if it cannot be read or is not a regular file: opening a pipe would wait for somebody to write into it.</returns>
    public static byte[] TryReadHead(string path, int length)
    {
        try
        {
            if (EmptyFile.Is(path))
            {
                return [];
            }

            using SafeFileHandle handle = OpenHandle(path);
            byte[] head = new byte[Math.Min(length, RandomAccess.GetLength(handle))];
            return head[..Fill(handle, head, position: 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Reads until the memory is full or the file ends. Errors are those of the system.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="position">The offset of the first byte.</param>
    /// <returns>The number of bytes.</returns>
    public static int Fill(SafeFileHandle handle, Span<byte> target, long position)
    {
        int done = 0;
        while (done < target.Length && RandomAccess.Read(handle, target[done..], position + done) is > 0 and int read)
        {
            done += read;
        }

        return done;
    }

    private static void RequireBudget(string path)
    {
        var file = new FileInfo(path);
        MemoryBudget.Require(file.Exists ? file.Length : 0, "The file", path);
    }

    private static void Read(string path, long maximumBytes, Func<int, byte[]> allocate)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            if (EmptyFile.Is(path))
            {
                _ = allocate(0);
                return;
            }

            FileRetry.Current.RunOnNetwork(() => ReadOnce(path, maximumBytes, allocate));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MedSegException(ErrorKind.NotFound, ErrorIds.FileNotFound, $"{path}: The file does not exist.", path, e) { Advice = MissingPath.Advise(path) };
        }
        catch (OutOfMemoryException e)
        {
            throw new MedSegException(ErrorKind.Device, ErrorIds.OutOfMemory, $"{path}: There is not enough memory to read the file.", path, e) { Advice = "Close other programs." };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MedSegException(ErrorKind.InvalidData, ErrorIds.FileUnreadable, $"{path}: The file could not be read: {e.Message}", path, e)
            {
                Advice = "Check that it is a file, that you have read access and that no other program has it open.",
            };
        }
    }

    private static void ReadOnce(string path, long maximumBytes, Func<int, byte[]> allocate)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long length = RandomAccess.GetLength(handle);
        long limit = Math.Min(maximumBytes, Array.MaxLength);
        if (length > limit)
        {
            throw new FileFormatException(ErrorIds.FileTooLarge, path, $"The file has {length:N0} bytes; at most {limit:N0} are accepted for this kind of file.");
        }

        ReadExactly(handle, allocate((int)length).AsSpan(0, (int)length));
    }

    private static void ReadExactly(SafeFileHandle handle, Span<byte> target)
    {
        if (Fill(handle, target, position: 0) < target.Length)
        {
            throw new EndOfStreamException("It was shortened while being read.");
        }
    }
}
