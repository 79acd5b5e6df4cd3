using MedSeg.Dicom;
using MedSeg.Imaging;

namespace MedSeg.Volumes;

/// <summary>The position of the pixels of an image in patient coordinates (DICOM PS3.3, C.7.6.2.1.1).</summary>
/// <param name="Origin">The centre of the first pixel, in mm.</param>
/// <param name="ColumnStep">The step from a pixel to the next in its row, in mm.</param>
/// <param name="RowStep">The step from a pixel to the next in its column, in mm.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of columns.</param>
internal readonly record struct ImagePlane(Vector3D Origin, Vector3D ColumnStep, Vector3D RowStep, int Rows, int Columns)
{
    // Direction cosines are often written with few digits.
    private const double CosineTolerance = 1e-2;

    /// <summary>Gets the unit vector perpendicular to the plane.</summary>
    public Vector3D Normal
    {
        get
        {
            Vector3D normal = ColumnStep.Cross(RowStep);
            return 1 / normal.Length * normal;
        }
    }

    /// <summary>Gets the centre of the image.</summary>
    public Vector3D Centre => Origin + ((Columns - 1) / 2.0 * ColumnStep) + ((Rows - 1) / 2.0 * RowStep);

    /// <summary>Returns the plane of an image.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The plane; <see langword="null"/> if position, orientation or spacing is missing or invalid.</returns>
    public static ImagePlane? Of(DicomImage image) =>
        image is { Position: { } position, Orientation: { } cosines, Spacing: { } spacing }
            ? Of(position, cosines, spacing, image.Rows, image.Columns)
            : null;

    /// <summary>Creates a plane from DICOM attributes.</summary>
    /// <param name="position">The centre of the first pixel.</param>
    /// <param name="cosines">The direction cosines of a row and of a column.</param>
    /// <param name="spacing">The pixel spacing.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <returns>The plane; <see langword="null"/> if the direction cosines are not orthogonal unit vectors.</returns>
    public static ImagePlane? Of(IReadOnlyList<double> position, IReadOnlyList<double> cosines, PixelSpacing spacing, int rows, int columns)
    {
        var alongRow = new Vector3D(cosines[0], cosines[1], cosines[2]);
        var alongColumn = new Vector3D(cosines[3], cosines[4], cosines[5]);
        bool isValid = Math.Abs(alongRow.Length - 1) < CosineTolerance
            && Math.Abs(alongColumn.Length - 1) < CosineTolerance
            && Math.Abs(alongRow.Dot(alongColumn)) < CosineTolerance;
        return isValid
            ? new ImagePlane(new Vector3D(position[0], position[1], position[2]), spacing.Column * alongRow, spacing.Row * alongColumn, rows, columns)
            : null;
    }
}
