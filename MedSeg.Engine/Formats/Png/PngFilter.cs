namespace MedSeg.Formats.Png;

/// <summary>Undoes the filters that PNG applies to rows before compression (W3C PNG, third edition, section 9).</summary>
internal static class PngFilter
{
    /// <summary>Undoes the filter of a row, in place.</summary>
    /// <param name="type">The filter: 0 none, 1 sub, 2 up, 3 average, 4 Paeth.</param>
    /// <param name="row">The row as stored.</param>
    /// <param name="above">The row above, already unfiltered; zeros for the first row.</param>
    /// <param name="distance">The distance to the pixel on the left, in bytes.</param>
    /// <returns><see langword="true"/> if PNG defines the filter.</returns>
    public static bool TryUndo(int type, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        if (type is < 0 or > 4)
        {
            return false;
        }

        for (int i = 0; type != 0 && i < row.Length; i++)
        {
            int left = i >= distance ? row[i - distance] : 0;
            int aboveLeft = i >= distance ? above[i - distance] : 0;
            int predicted = type switch
            {
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                _ => Paeth(left, above[i], aboveLeft),
            };
            row[i] = unchecked((byte)(row[i] + predicted));
        }

        return true;
    }

    private static int Paeth(int left, int above, int aboveLeft)
    {
        int estimate = left + above - aboveLeft;
        int toLeft = Math.Abs(estimate - left);
        int toAbove = Math.Abs(estimate - above);
        int toAboveLeft = Math.Abs(estimate - aboveLeft);
        if (toLeft <= toAbove && toLeft <= toAboveLeft)
        {
            return left;
        }

        return toAbove <= toAboveLeft ? above : aboveLeft;
    }
}
