using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Formats;

/// <summary>Reads whole image files and limits the memory that a file can demand.</summary>
internal static class ImageFile
{
    /// <summary>The largest number of pixels of an image: 8192 × 8192, several times a digital mammogram.</summary>
    public const long MaximumPixels = 1L << 26;

    /// <summary>The advice for a file that is damaged or truncated.</summary>
    public const string DamagedAdvice = "Copy the file again, or save it again.";

    // An uncompressed 64-bit image of the maximum size, with some room for its header.
    private const long MaximumBytes = (MaximumPixels * sizeof(long)) + (1 << 16);

    /// <summary>Reads a file; see <see cref="FileContent.Read(string, long)"/>.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The content.</returns>
    public static byte[] Read(string path) => FileContent.Read(path, MaximumBytes);

    /// <summary>Refuses sizes outside of the accepted range.</summary>
    /// <param name="rows">The number of rows in the header.</param>
    /// <param name="columns">The number of columns in the header.</param>
    /// <param name="errorId">The identifier of the error.</param>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="FileFormatException">The image is empty or has more than <see cref="MaximumPixels"/> pixels.</exception>
    public static void CheckSize(long rows, long columns, string errorId, string path)
    {
        if (rows < 1 || columns < 1)
        {
            throw new FileFormatException(errorId, path, $"The header states {rows} rows and {columns} columns; an image has at least one of each.");
        }

        if (rows > MaximumPixels || columns > MaximumPixels || rows * columns > MaximumPixels)
        {
            throw new FileFormatException(
                errorId, path, $"The header states {rows} rows and {columns} columns; at most {MaximumPixels:N0} pixels are accepted.");
        }
    }
}
