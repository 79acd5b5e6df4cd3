namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>A rectangle of the reference grid, of a resolution or of a subband.</summary>
/// <param name="X0">The first column.</param>
/// <param name="Y0">The first row.</param>
/// <param name="X1">The column after the last.</param>
/// <param name="Y1">The row after the last.</param>
internal readonly record struct Area(int X0, int Y0, int X1, int Y1)
{
    public int Width => X1 - X0;

    public int Height => Y1 - Y0;

    public bool IsEmpty => X1 <= X0 || Y1 <= Y0;

    /// <summary>Gets the area at a lower resolution (T.800, B-14).</summary>
    /// <param name="level">The number of times the resolution is halved.</param>
    public Area Reduce(int level) => Subband(level, 0, 0);

    /// <summary>Gets the area of a subband (T.800, B-15).</summary>
    /// <param name="level">The decomposition level.</param>
    /// <param name="highX">1 for a band of horizontal high frequencies, otherwise 0.</param>
    /// <param name="highY">1 for a band of vertical high frequencies, otherwise 0.</param>
    public Area Subband(int level, int highX, int highY)
    {
        long half = level > 0 ? 1L << (level - 1) : 0;
        return new Area(
            CeilingShift(X0 - (half * highX), level),
            CeilingShift(Y0 - (half * highY), level),
            CeilingShift(X1 - (half * highX), level),
            CeilingShift(Y1 - (half * highY), level));
    }

    /// <summary>Gets the part of this area in a cell of a grid of powers of two.</summary>
    public Area Cell(long column, long row, int log2Width, int log2Height) => new(
        (int)Math.Max(X0, column << log2Width),
        (int)Math.Max(Y0, row << log2Height),
        (int)Math.Min(X1, (column + 1) << log2Width),
        (int)Math.Min(Y1, (row + 1) << log2Height));

    /// <summary>Divides by a power of two and rounds up.</summary>
    public static int CeilingShift(long value, int bits) => (int)((value + (1L << bits) - 1) >> bits);

    /// <summary>Counts the cells of a grid of powers of two that an extent touches.</summary>
    public static int CellCount(int start, int end, int bits) => start >= end ? 0 : CeilingShift(end, bits) - (start >> bits);
}
