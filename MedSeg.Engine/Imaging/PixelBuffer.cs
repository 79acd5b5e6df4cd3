namespace MedSeg.Imaging;

/// <summary>Validates the size of pixel buffers that callers pass in.</summary>
internal static class PixelBuffer
{
    /// <summary>Checks that a buffer has the size of an image.</summary>
    /// <param name="length">The number of pixels in the buffer.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <exception cref="ArgumentException">The sizes are not positive, or their product is not <paramref name="length"/>.</exception>
    public static void Check(int length, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (length != (long)rows * columns)
        {
            throw new ArgumentException($"An image of {rows} rows and {columns} columns has {(long)rows * columns} pixels, but {length} values were given.");
        }
    }
}
