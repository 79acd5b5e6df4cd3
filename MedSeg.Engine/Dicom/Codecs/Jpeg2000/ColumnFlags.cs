using System.Runtime.CompilerServices;

namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>
/// The flags of the coding passes: four coefficients in a column of a stripe share one word. Its bits 0 to 17 are the
/// significance of the 6 × 3 coefficients from the row above the four to the row below, and from the column on the left to the
/// one on the right; bits 18 to 35 are their signs; then three bits for each of the four: visited in this bit-plane, refined
/// before, and one unused. Shifting a word right by three times the row moves the neighbourhood of each coefficient to the same
/// bits. Border words on all sides of a code-block avoid special cases at its edges.
/// </summary>
internal static class ColumnFlags
{
    public const int StripeHeight = 4;

    /// <summary>The number of bits from a row to the next one.</summary>
    public const int RowBits = 3;

    /// <summary>The shift of a stripe's last row.</summary>
    public const int LastRow = RowBits * (StripeHeight - 1);

    /// <summary>The bits of four rows, from the bit of the first one.</summary>
    public const uint AllRows = 0b_001_001_001_001;

    /// <summary>The bit of the first row's significance.</summary>
    public const int Self = 4;

    /// <summary>The bit that tells whether the first row's coefficient was visited in this bit-plane.</summary>
    public const int Visited = 36;

    /// <summary>The bit that tells whether the first row's coefficient was refined before.</summary>
    public const int Refined = 37;

    private const int Sign = 18;

    /// <summary>Gets the number of words of a code-block.</summary>
    public static int Count(int width, int height) => (width + 2) * (((height + StripeHeight - 1) / StripeHeight) + 2);

    /// <summary>Gets the bits of the rows of a stripe; the last stripe of a code-block may have less than four.</summary>
    /// <param name="left">The number of rows from the first of the stripe to the last of the code-block.</param>
    public static uint Rows(int left) => left >= StripeHeight ? AllRows : AllRows & ((1u << (RowBits * left)) - 1);

    /// <summary>Gets for each row whether any of the 3 × 3 coefficients around it is significant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Neighbourhoods(ulong word)
    {
        // Above the significance bits there are signs, but only bits below 18 move to those of the four rows.
        uint bits = (uint)word;
        uint rows = bits | (bits >> 1) | (bits >> 2);
        return rows | (rows >> RowBits) | (rows >> (2 * RowBits));
    }

    /// <summary>Gets for each row whether any of its eight neighbours is significant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint OtherNeighbours(ulong word)
    {
        uint bits = (uint)word;
        uint sides = bits | (bits >> 2);
        uint rows = sides | (bits >> 1);
        return (rows | (sides >> RowBits) | (rows >> (2 * RowBits))) & AllRows;
    }

    /// <summary>Gets the index of <see cref="CodingContexts.SignCoding"/>.</summary>
    /// <param name="word">The flags, shifted to the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint SignIndex(ulong word) =>
        ((uint)word & CodingContexts.DirectNeighbours) | ((uint)(word >> (Sign + 1)) & (CodingContexts.DirectNeighbours >> 1));

    /// <summary>Gets the bits of a significant coefficient: at bit 0 and, if it is negative, at the first sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mark(uint sign) => 1 | ((ulong)sign << Sign);
}
