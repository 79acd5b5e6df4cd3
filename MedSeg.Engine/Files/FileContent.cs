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
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            long limit = Math.Min(maximumBytes, Array.MaxLength);
            if (stream.Length > limit)
            {
                throw new FileFormatException("FileTooLarge", path, $"the file has {stream.Length:N0} bytes; at most {limit:N0} are accepted for its kind.");
            }

            byte[] content = GC.AllocateUninitializedArray<byte>((int)stream.Length);
            stream.ReadExactly(content);
            return content;
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
}
