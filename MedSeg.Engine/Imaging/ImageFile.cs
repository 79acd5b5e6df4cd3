namespace MedSeg.Imaging;

/// <summary>Reads the whole of a small image file, and bounds what may be asked of memory.</summary>
internal static class ImageFile
{
    /// <summary>The most pixels that an image may have: 8192 × 8192, several times a digital mammogram.</summary>
    public const long MaximumPixels = 1L << 26;

    // An uncompressed 64-bit image of the most pixels, and room for its header.
    private const long MaximumBytes = (MaximumPixels * sizeof(long)) + (1 << 16);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The content.</returns>
    /// <exception cref="MedSegException">
    /// The file is not there (<c>FileNotFound</c>), cannot be read (<c>FileUnreadable</c>) or is larger than any image
    /// that is accepted (<c>FileTooLarge</c>).
    /// </exception>
    public static byte[] Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            if (stream.Length > MaximumBytes)
            {
                throw new FileFormatException(
                    "FileTooLarge", path, $"the file has {stream.Length:N0} bytes, more than the largest image accepted ({MaximumPixels:N0} pixels).");
            }

            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new MedSegException(ErrorKind.NotFound, "FileNotFound", $"{path}: there is no such file.", path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MedSegException(
                ErrorKind.InvalidData, "FileUnreadable", $"{path}: the file could not be read: {e.Message} Check that it is a file, that you may read it and that no other program holds it.", path, e);
        }
    }

    /// <summary>Refuses sizes that no image that is accepted can have.</summary>
    /// <param name="rows">The number of rows that the header states.</param>
    /// <param name="columns">The number of columns that the header states.</param>
    /// <param name="errorId">The identifier of the error.</param>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileFormatException">The image is empty or has more than <see cref="MaximumPixels"/> pixels.</exception>
    public static void CheckSize(long rows, long columns, string errorId, string path)
    {
        if (rows < 1 || columns < 1)
        {
            throw new FileFormatException(errorId, path, $"the header states {rows} rows and {columns} columns; at least one of each is needed.");
        }

        if (rows > MaximumPixels || columns > MaximumPixels || rows * columns > MaximumPixels)
        {
            throw new FileFormatException(
                errorId, path, $"the header states {rows} rows and {columns} columns, more than the {MaximumPixels:N0} pixels that are accepted.");
        }
    }
}
