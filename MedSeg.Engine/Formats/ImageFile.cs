using MedSeg.Errors;
using MedSeg.Files;

namespace MedSeg.Formats;

/// <summary>Reads the whole of a small image file, and bounds what may be asked of memory.</summary>
internal static class ImageFile
{
    /// <summary>The most pixels that an image may have: 8192 × 8192, several times a digital mammogram.</summary>
    public const long MaximumPixels = 1L << 26;

    // An uncompressed 64-bit image of the most pixels, and room for its header.
    private const long MaximumBytes = (MaximumPixels * sizeof(long)) + (1 << 16);

    /// <summary>Reads a file; see <see cref="FileContent.Read(string, long)"/>.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>The content.</returns>
    public static byte[] Read(string path) => FileContent.Read(path, MaximumBytes);

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
