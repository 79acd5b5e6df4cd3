using MedSeg.Imaging;
using MedSeg.Pictures;
using MedSeg.Volumes;

namespace MedSeg.Reports;

/// <summary>Turns slices to how radiologists expect them: the right of the patient on the left; front or head on top; in sagittal slices the front on the left.</summary>
internal static class RadiologicalView
{
    private const string Opposites = "RLAPHF";

    /// <summary>Turns a slice by quarter turns and mirrors it, as needed.</summary>
    /// <param name="slice">The slice.</param>
    /// <returns>The turned slice; the same slice if the file does not state the sides of the patient, or it is as expected.</returns>
    public static PicturedSlice Turn(PicturedSlice slice)
    {
        if (slice is not { Plane: { } plane, Directions: { } sides })
        {
            return slice;
        }

        (char left, char top) = Expected(plane.Normal);
        PicturedSlice turned = sides.Left == left || sides.Left == Opposite(left) ? slice : Transpose(slice, sides);
        SliceDirections now = turned.Directions!.Value;

        // Oblique slices may have the same letter on neighbouring sides; they stay as they are.
        if ((now.Left != left && now.Left != Opposite(left)) || (now.Top != top && now.Top != Opposite(top)))
        {
            return slice;
        }

        return Mirror(turned, isLeftRight: now.Left != left, isTopBottom: now.Top != top);
    }

    private static (char Left, char Top) Expected(Vector3D normal)
    {
        (double x, double y, double z) = (Math.Abs(normal.X), Math.Abs(normal.Y), Math.Abs(normal.Z));
        return z >= x && z >= y ? ('R', 'A') : y >= x ? ('R', 'H') : ('A', 'H');
    }

    private static char Opposite(char side) => Opposites[Opposites.IndexOf(side, StringComparison.Ordinal) ^ 1];

    private static PicturedSlice Transpose(PicturedSlice slice, SliceDirections sides)
    {
        int[] source = [.. Enumerable.Range(0, slice.Image.Length).Select(i => (i % slice.Rows * slice.Columns) + (i / slice.Rows))];
        return Take(slice, source) with
        {
            Rows = slice.Columns,
            Columns = slice.Rows,
            Spacing = slice.Spacing is { } spacing ? new PixelSpacing(spacing.Column, spacing.Row) : null,
            Directions = new SliceDirections(sides.Top, sides.Bottom, sides.Left, sides.Right),
        };
    }

    private static PicturedSlice Mirror(PicturedSlice slice, bool isLeftRight, bool isTopBottom)
    {
        if (!isLeftRight && !isTopBottom)
        {
            return slice;
        }

        int[] source =
        [
            .. Enumerable.Range(0, slice.Image.Length).Select(i =>
            {
                (int row, int column) = (i / slice.Columns, i % slice.Columns);
                return ((isTopBottom ? slice.Rows - 1 - row : row) * slice.Columns) + (isLeftRight ? slice.Columns - 1 - column : column);
            }),
        ];
        SliceDirections sides = slice.Directions!.Value;
        (char left, char right) = isLeftRight ? (sides.Right, sides.Left) : (sides.Left, sides.Right);
        (char top, char bottom) = isTopBottom ? (sides.Bottom, sides.Top) : (sides.Top, sides.Bottom);
        return Take(slice, source) with { Directions = new SliceDirections(left, right, top, bottom) };
    }

    // The plane is that of the pixels as they are stored.
    private static PicturedSlice Take(PicturedSlice slice, int[] source) => slice with
    {
        Image = Array.ConvertAll(source, i => slice.Image[i]),
        Mask = Array.ConvertAll(source, i => slice.Mask[i]),
        Plane = null,
    };
}
