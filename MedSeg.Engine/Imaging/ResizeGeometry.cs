namespace MedSeg.Imaging;

/// <summary>The rectangle of a resized image within its square of S × S pixels.</summary>
/// <param name="Top">The number of rows of padding above the image.</param>
/// <param name="Left">The number of columns of padding to the left of the image.</param>
/// <param name="Rows">The number of rows of the image.</param>
/// <param name="Columns">The number of columns of the image.</param>
internal readonly record struct ResizeGeometry(int Top, int Left, int Rows, int Columns)
{
    /// <summary>The greatest side of the square, in pixels.</summary>
    public const int MaximumSize = 16384;

    /// <summary>Computes the rectangle of an image.</summary>
    /// <param name="rows">The number of rows of the image at its own size.</param>
    /// <param name="columns">The number of columns of the image at its own size.</param>
    /// <param name="size">The side S of the square, in pixels.</param>
    /// <param name="mode">How the image becomes square.</param>
    /// <returns>The rectangle; the whole square for <see cref="ResizeMode.Stretch"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or S is above 16384, or the mode is unknown.</exception>
    public static ResizeGeometry Of(int rows, int columns, int size, ResizeMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaximumSize);
        if (mode == ResizeMode.Stretch)
        {
            return new ResizeGeometry(0, 0, size, size);
        }

        if (mode != ResizeMode.Pad)
        {
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "The resize mode is unknown.");
        }

        int longest = Math.Max(rows, columns);
        int insideRows = Scale(rows, longest, size);
        int insideColumns = Scale(columns, longest, size);
        return new ResizeGeometry((size - insideRows) / 2, (size - insideColumns) / 2, insideRows, insideColumns);
    }

    private static int Scale(int length, int longest, int size) =>
        Math.Max(1, (int)(((2L * length * size) + longest) / (2L * longest)));
}
