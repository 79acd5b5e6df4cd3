using MedSeg.Errors;

namespace MedSeg.Imaging;

/// <summary>
/// Where a resized image is in its square of S × S pixels. The image has <see cref="Rows"/> × <see cref="Columns"/> pixels after
/// resizing. Where these are fewer than S, the square is padded; where they are more, the image is cropped.
/// </summary>
internal readonly record struct ResizeGeometry
{
    /// <summary>The greatest side of the square and of a resized image, in pixels.</summary>
    public const int MaximumSize = 16384;

    /// <summary>Gets the number of rows of the image at its own size.</summary>
    public required int SourceRows { get; init; }

    /// <summary>Gets the number of columns of the image at its own size.</summary>
    public required int SourceColumns { get; init; }

    /// <summary>Gets the side S of the square, in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>Gets the number of rows of the resized image.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns of the resized image.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the row of the square that the first row of the image is in; negative where rows are cropped.</summary>
    public int Top => Offset(Rows, Size);

    /// <summary>Gets the column of the square that the first column of the image is in; negative where columns are cropped.</summary>
    public int Left => Offset(Columns, Size);

    /// <summary>Gets the rows of the resized image that are in the square.</summary>
    public AxisWindow VisibleRows => new(Math.Max(0, -Top), Math.Min(Rows, Size));

    /// <summary>Gets the columns of the resized image that are in the square.</summary>
    public AxisWindow VisibleColumns => new(Math.Max(0, -Left), Math.Min(Columns, Size));

    /// <summary>Gets a value indicating whether the image fills the square exactly.</summary>
    public bool IsWhole => Rows == Size && Columns == Size;

    /// <summary>Gets a value indicating whether the image is the square already.</summary>
    public bool IsIdentity => IsWhole && SourceRows == Size && SourceColumns == Size;

    /// <summary>Computes the place of an image that is resized to the square regardless of its pixel spacing.</summary>
    /// <param name="rows">The number of rows of the image at its own size.</param>
    /// <param name="columns">The number of columns of the image at its own size.</param>
    /// <param name="size">The side S of the square, in pixels.</param>
    /// <param name="mode">How the image becomes square.</param>
    /// <returns>The place; the whole square for <see cref="ResizeMode.Stretch"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1 or S is above 16384, or the mode is unknown.</exception>
    public static ResizeGeometry Of(int rows, int columns, int size, ResizeMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaximumSize);
        int longest = Math.Max(rows, columns);
        return mode switch
        {
            ResizeMode.Stretch => Make(rows, columns, size, size, size),
            ResizeMode.Pad => Make(rows, columns, size, Scale(rows, longest, size), Scale(columns, longest, size)),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "The resize mode is unknown."),
        };
    }

    /// <summary>Computes the place of an image that is resized to a pixel size, and then cropped or padded equally on both sides.</summary>
    /// <param name="rows">The number of rows of the image at its own size.</param>
    /// <param name="columns">The number of columns of the image at its own size.</param>
    /// <param name="size">The side S of the square, in pixels.</param>
    /// <param name="pixelSize">The side of a pixel after resizing, in mm.</param>
    /// <param name="spacing">The pixel spacing of the image.</param>
    /// <returns>The place.</returns>
    /// <exception cref="MedSegException"><c>PixelSizeTooSmall</c>: the resized image would have a side of more than 16384 pixels.</exception>
    public static ResizeGeometry Of(int rows, int columns, int size, double pixelSize, PixelSpacing spacing)
    {
        double scaledRows = Math.Round(rows * spacing.Row / pixelSize);
        double scaledColumns = Math.Round(columns * spacing.Column / pixelSize);
        return Math.Max(scaledRows, scaledColumns) <= MaximumSize
            ? Make(rows, columns, size, (int)Math.Max(1, scaledRows), (int)Math.Max(1, scaledColumns))
            : throw new MedSegException(ErrorKind.InvalidData, ErrorIds.PixelSizeTooSmall, FormattableString.Invariant(
                $"The image has {rows} × {columns} pixels of {spacing.Row:0.####} × {spacing.Column:0.####} mm. With pixels of {pixelSize} mm it would have {scaledRows} × {scaledColumns}, more than {MaximumSize} in one direction."))
            {
                Advice = "Use a larger -PixelSize, or correct the pixel spacing in the file.",
            };
    }

    private static ResizeGeometry Make(int rows, int columns, int size, int scaledRows, int scaledColumns) =>
        new() { SourceRows = rows, SourceColumns = columns, Size = size, Rows = scaledRows, Columns = scaledColumns };

    private static int Scale(int length, int longest, int size) =>
        Math.Max(1, (int)(((2L * length * size) + longest) / (2L * longest)));

    // Rounded down, also where it is negative.
    private static int Offset(int length, int size) => (size - length) >> 1;
}
