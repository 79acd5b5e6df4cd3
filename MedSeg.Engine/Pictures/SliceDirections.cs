using MedSeg.Volumes;

namespace MedSeg.Pictures;

/// <summary>The side of the patient at each edge of a slice: R, L, A (front), P (back), H (head) or F (feet).</summary>
/// <param name="Left">The letter at the left edge.</param>
/// <param name="Right">The letter at the right edge.</param>
/// <param name="Top">The letter at the top.</param>
/// <param name="Bottom">The letter at the bottom.</param>
internal readonly record struct SliceDirections(char Left, char Right, char Top, char Bottom)
{
    /// <summary>Returns the directions of a plane (DICOM PS3.3, C.7.6.2.1.1: x grows to the left, y to the back, z to the head).</summary>
    /// <param name="plane">The plane; an oblique one gets the letters of the nearest axes.</param>
    public static SliceDirections Of(ImagePlane plane) =>
        new(Letter(-1 * plane.ColumnStep), Letter(plane.ColumnStep), Letter(-1 * plane.RowStep), Letter(plane.RowStep));

    private static char Letter(Vector3D direction)
    {
        (double x, double y, double z) = (Math.Abs(direction.X), Math.Abs(direction.Y), Math.Abs(direction.Z));
        return x >= y && x >= z ? (direction.X > 0 ? 'L' : 'R')
            : y >= z ? (direction.Y > 0 ? 'P' : 'A')
            : direction.Z > 0 ? 'H' : 'F';
    }
}
