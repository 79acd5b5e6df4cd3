namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The memory of a code-block's coefficients. A coefficient is a sign in bit 31 and a magnitude times two, whose lowest bit is
/// the middle of the last interval. Rows begin at multiples of three times the pitch, so that a coefficient of a stripe is found
/// by the shift of its row (see <see cref="ColumnFlags"/>), which is three times the row's number.
/// </summary>
internal static class CodeBlockCoefficients
{
    public const int SignBit = 31;

    /// <summary>Gets a third of the length of a row.</summary>
    public static int Pitch(int width) => (width + 2) / ColumnFlags.RowBits;

    /// <summary>Gets the length of a row in memory.</summary>
    public static int RowLength(int width) => ColumnFlags.RowBits * Pitch(width);

    /// <summary>Gets the value of a coefficient, times two.</summary>
    public static int Value(int coefficient) => coefficient < 0 ? -(coefficient & int.MaxValue) : coefficient;

    /// <summary>Shifts coefficients of the region of interest back; only that region uses the upper bit-planes (T.800, H.1).</summary>
    /// <param name="coefficients">The coefficients, which change.</param>
    /// <param name="shift">The number of bits.</param>
    public static void Unshift(Span<int> coefficients, int shift)
    {
        if (shift is 0 or >= SignBit)
        {
            return;
        }

        foreach (ref int coefficient in coefficients)
        {
            // The lowest bit is not part of the coefficient.
            int magnitude = coefficient & int.MaxValue;
            if (magnitude >> 1 >> shift != 0)
            {
                coefficient = (coefficient & int.MinValue) | (magnitude >> shift);
            }
        }
    }
}
