namespace MedSeg.Formats.Png;

/// <summary>One pass over the image: the whole image, or a reduced image of Adam7 (W3C PNG, section 8.1).</summary>
/// <param name="Row">The first row.</param>
/// <param name="Column">The first column.</param>
/// <param name="RowStep">The distance between rows.</param>
/// <param name="ColumnStep">The distance between columns.</param>
internal readonly record struct PngPass(int Row, int Column, int RowStep, int ColumnStep)
{
    private static readonly PngPass[] s_whole = [new(0, 0, 1, 1)];

    private static readonly PngPass[] s_adam7 =
    [
        new(0, 0, 8, 8), new(0, 4, 8, 8), new(4, 0, 8, 4), new(0, 2, 4, 4), new(2, 0, 4, 2), new(0, 1, 2, 2), new(1, 0, 2, 1),
    ];

    /// <summary>Returns the passes of an image.</summary>
    /// <param name="interlaced">Whether the image is interlaced.</param>
    /// <returns>The passes, in the order of the file.</returns>
    public static ReadOnlySpan<PngPass> Of(bool interlaced) => interlaced ? s_adam7 : s_whole;

    /// <summary>Returns the number of rows of this pass.</summary>
    /// <param name="rows">The number of rows of the image.</param>
    /// <returns>The number of rows; may be 0.</returns>
    public int Rows(int rows) => (rows - Row + RowStep - 1) / RowStep;

    /// <summary>Returns the number of columns of this pass.</summary>
    /// <param name="columns">The number of columns of the image.</param>
    /// <returns>The number of columns; may be 0.</returns>
    public int Columns(int columns) => (columns - Column + ColumnStep - 1) / ColumnStep;
}
