using System.Globalization;
using MedSeg.Imaging;

namespace MedSeg.Volumes;

/// <summary>
/// How a volume is cut into slices. If the file states directions, slices are turned and mirrored as radiologists show them and scanners
/// write them to DICOM: the patient's left on the right; the back at the bottom of axial slices, the feet at that of others. A model then
/// works on DICOM and on volumes alike, however they are stored. Otherwise, the first remaining axis runs along rows, the other down.
/// </summary>
internal sealed class VolumeSlices
{
    // Spacings of the same size differ by rounding.
    private const double LargerBy = 1.01;

    private static readonly string[] s_axes = ["first", "second", "third"];

    private readonly VolumeGeometry _geometry;
    private readonly int _column;
    private readonly int _row;
    private readonly bool _isColumnFlipped;
    private readonly bool _isRowFlipped;

    /// <summary>Initializes a new instance of the <see cref="VolumeSlices"/> class.</summary>
    /// <param name="geometry">The volume.</param>
    /// <param name="axis">The axis that the user has chosen.</param>
    public VolumeSlices(VolumeGeometry geometry, SliceAxis axis)
    {
        _geometry = geometry;
        (Across, string reason) = Choose(geometry, axis);
        Cut = $"{Name(Across)}, {reason}";
        int first = Across == 0 ? 1 : 0;
        int second = Across == 2 ? 1 : 2;
        (_column, _row) = (first, second);
        if (geometry.IsPlaced)
        {
            (Vector3D right, Vector3D down) = Dominant(Across) switch
            {
                0 => (new Vector3D(0, 1, 0), new Vector3D(0, 0, -1)),
                1 => (new Vector3D(1, 0, 0), new Vector3D(0, 0, -1)),
                _ => (new Vector3D(1, 0, 0), new Vector3D(0, 1, 0)),
            };
            bool isSwapped = Along(second, right) * Along(first, down) > Along(first, right) * Along(second, down);
            (_column, _row) = isSwapped ? (second, first) : (first, second);
            _isColumnFlipped = geometry.Steps[_column].Dot(right) < 0;
            _isRowFlipped = geometry.Steps[_row].Dot(down) < 0;
        }

        double between = geometry.Steps[Across].Length;
        PixelSpacing spacing = new(geometry.Steps[_row].Length, geometry.Steps[_column].Length);
        Spacing = IsLength(spacing.Row) && IsLength(spacing.Column) ? spacing : null;
        Distance = IsLength(between) ? between : null;
    }

    /// <summary>Gets the axis perpendicular to the slices, from 0 to 2.</summary>
    public int Across { get; }

    /// <summary>Gets along which axis the volume is cut and why, as a phrase.</summary>
    public string Cut { get; }

    /// <summary>Gets the number of slices.</summary>
    public int Count => _geometry.Counts[Across];

    /// <summary>Gets the number of rows of a slice.</summary>
    public int Rows => _geometry.Counts[_row];

    /// <summary>Gets the number of columns of a slice.</summary>
    public int Columns => _geometry.Counts[_column];

    /// <summary>Gets the distance between pixels; <see langword="null"/> if the file does not state it.</summary>
    public PixelSpacing? Spacing { get; }

    /// <summary>Gets the distance between slices, in mm; <see langword="null"/> if the file does not state it.</summary>
    public double? Distance { get; }

    /// <summary>Returns the plane of a slice.</summary>
    /// <param name="slice">The index of the slice, from 0.</param>
    public ImagePlane PlaneOf(int slice)
    {
        Vector3D column = _geometry.Steps[_column];
        Vector3D row = _geometry.Steps[_row];
        Vector3D origin = _geometry.Origin + (slice * _geometry.Steps[Across]);
        origin += _isColumnFlipped ? (Columns - 1) * column : default;
        origin += _isRowFlipped ? (Rows - 1) * row : default;
        return new ImagePlane(origin, (_isColumnFlipped ? -1 : 1) * column, (_isRowFlipped ? -1 : 1) * row, Rows, Columns);
    }

    /// <summary>Returns the voxels of a slice.</summary>
    /// <param name="slice">The index of the slice, from 0.</param>
    public VolumeSection SectionOf(int slice) => SectionOf(slice, [1, _geometry.Counts[0], (long)_geometry.Counts[0] * _geometry.Counts[1]]);

    /// <summary>Returns the voxels of a slice.</summary>
    /// <param name="slice">The index of the slice, from 0.</param>
    /// <param name="strides">The step from a voxel to the next along each axis.</param>
    public VolumeSection SectionOf(int slice, long[] strides)
    {
        (long column, long row) = (strides[_column], strides[_row]);
        long first = slice * strides[Across];
        first += _isColumnFlipped ? (Columns - 1) * column : 0;
        first += _isRowFlipped ? (Rows - 1) * row : 0;
        return new VolumeSection(_geometry.Counts, first, _isColumnFlipped ? -column : column, _isRowFlipped ? -row : row, Across, slice);
    }

    /// <summary>Describes the slices.</summary>
    /// <param name="reason">Why the volume is cut along this axis, as a phrase; <see langword="null"/> for the reason that the volume or the user gives.</param>
    /// <returns>A phrase, for example <c>30 slices, 3 mm apart, along the third axis, which has the largest spacing</c>.</returns>
    public string Describe(string? reason = null) => string.Create(
        CultureInfo.InvariantCulture, $"{Count} slice{(Count == 1 ? "" : "s")}{(Distance is { } d ? $", {d:0.###} mm apart," : "")} {(reason is null ? Cut : $"{Name(Across)}, {reason}")}");

    private static string Name(int axis) => $"along the {s_axes[axis]} axis";

    private static bool IsLength(double value) => value > 0 && double.IsFinite(value);

    private (int Across, string Reason) Choose(VolumeGeometry geometry, SliceAxis axis)
    {
        switch (axis)
        {
            case SliceAxis.First or SliceAxis.Second or SliceAxis.Third:
                return ((int)axis - (int)SliceAxis.First, "as -SliceAxis says");
            case SliceAxis.Sagittal or SliceAxis.Coronal or SliceAxis.Axial:
                int patient = (int)axis - (int)SliceAxis.Sagittal;
                return (Enumerable.Range(0, 3).MaxBy(i => Math.Abs(Unit(i)[patient])), "as -SliceAxis says");
        }

        if (geometry.Counts[2] == 1)
        {
            return (2, "since there is one slice");
        }

        double[] spacings = [.. geometry.Steps.Select(step => step.Length)];
        int largest = Array.IndexOf(spacings, spacings.Max());
        bool isLarger = largest >= 0 && !spacings.Where((spacing, i) => i != largest && !(spacings[largest] > LargerBy * spacing)).Any();
        return isLarger ? (largest, "which has the largest spacing") : (2, "since no axis has a larger spacing than the others");
    }

    private int Dominant(int axis) => Enumerable.Range(0, 3).MaxBy(i => Math.Abs(_geometry.Steps[axis][i]));

    private double Along(int axis, Vector3D direction) => Math.Abs(Unit(axis).Dot(direction));

    private Vector3D Unit(int axis) => 1 / _geometry.Steps[axis].Length * _geometry.Steps[axis];
}
