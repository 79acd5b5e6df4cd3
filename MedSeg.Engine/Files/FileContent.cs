using MedSeg.Errors;
using Microsoft.Win32.SafeHandles;

namespace MedSeg.Files;

/// <summary>Reads whole files, with errors that name them.</summary>
internal static class FileContent
{
    /// <summary>Reads a file into memory.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="maximumBytes">The most bytes that the caller accepts.</param>
    /// <returns>All of its bytes.</returns>
    /// <exception cref="MedSegException">
    /// The file is not there (<c>FileNotFound</c>), cannot be read (<c>FileUnreadable</c>) or is larger than what is
    /// accepted (<c>FileTooLarge</c>).
    /// </exception>
    public static byte[] Read(string path, long maximumBytes = int.MaxValue)
    {
        byte[] content = [];
        Read(path, maximumBytes, length => content = GC.AllocateUninitializedArray<byte>(length));
        return content;
    }

    /// <summary>Reads a file into memory that is given back when the file is done with.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>All of its bytes.</returns>
    /// <exception cref="MedSegException">As <see cref="Read(string, long)"/>.</exception>
    public static RentedContent Rent(string path)
    {
        RentedContent? content = null;
        try
        {
            Read(path, int.MaxValue, length => (content = new RentedContent(length)).Bytes);
            return content!;
        }
        catch
        {
            content?.Dispose();
            throw;
        }
    }

    private static void Read(string path, long maximumBytes, Func<int, byte[]> allocate)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path);
            long length = RandomAccess.GetLength(handle);
            long limit = Math.Min(maximumBytes, Array.MaxLength);
            if (length > limit)
            {
                throw new FileFormatException("FileTooLarge", path, $"the file has {length:N0} bytes; at most {limit:N0} are accepted for its kind.");
            }

            ReadExactly(handle, allocate((int)length).AsSpan(0, (int)length));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MedSegException(ErrorKind.NotFound, "FileNotFound", $"{path}: there is no such file. Check the path.", path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MedSegException(
                ErrorKind.InvalidData, "FileUnreadable", $"{path}: the file could not be read: {e.Message} Check that it is a file, that you may read it and that no other program holds it.", path, e);
        }
    }

    private static void ReadExactly(SafeFileHandle handle, Span<byte> target)
    {
        for (int done = 0; done < target.Length;)
        {
            int count = RandomAccess.Read(handle, target[done..], done);
            done += count > 0 ? count : throw new EndOfStreamException("It became shorter while it was read.");
        }
    }
}
