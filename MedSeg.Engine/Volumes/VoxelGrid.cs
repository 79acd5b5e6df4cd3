namespace MedSeg.Volumes;

/// <summary>Where the voxels of a volume lie in the patient.</summary>
internal sealed class VoxelGrid
{
    // Of the distance between planes: a slice further from the nearest plane is not the one that was drawn on.
    private const double PlaneTolerance = 0.25;

    private readonly Vector3D _origin;
    private readonly Vector3D[] _gradients;

    private VoxelGrid(Vector3D origin, Vector3D[] gradients, int[] counts)
    {
        _origin = origin;
        _gradients = gradients;
        Counts = counts;
    }

    /// <summary>Gets the number of voxels along each axis.</summary>
    public int[] Counts { get; }

    /// <summary>Makes a grid.</summary>
    /// <param name="origin">The centre of the first voxel, in mm, in DICOM's coordinates.</param>
    /// <param name="steps">The three steps from a voxel to the next along each axis.</param>
    /// <param name="counts">The number of voxels along each axis.</param>
    /// <returns>The grid; null where the steps span no space.</returns>
    public static VoxelGrid? Create(Vector3D origin, Vector3D[] steps, int[] counts)
    {
        Vector3D across = steps[1].Cross(steps[2]);
        double volume = steps[0].Dot(across);
        double product = steps[0].Length * steps[1].Length * steps[2].Length;
        if (!origin.IsFinite || !double.IsFinite(volume) || !(Math.Abs(volume) > 1e-3 * product) || !double.IsFinite(1 / volume))
        {
            return null;
        }

        // The rows of the inverse of the matrix of steps: how each index grows along the patient's axes.
        Vector3D[] gradients = [1 / volume * across, 1 / volume * steps[2].Cross(steps[0]), 1 / volume * steps[0].Cross(steps[1])];
        return Array.TrueForAll(gradients, g => g.IsFinite) ? new VoxelGrid(origin, gradients, counts) : null;
    }

    /// <summary>Finds the plane of voxels that a slice shows.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="section">The section, where there is one.</param>
    /// <returns>Null, or what keeps the slice from showing a plane of the grid.</returns>
    public string? Find(in ImagePlane slice, out GridSection section)
    {
        section = default;
        Vector3D normal = slice.Normal;
        int across = 0;
        for (int axis = 1; axis < 3; axis++)
        {
            across = Steepness(axis, normal) > Steepness(across, normal) ? axis : across;
        }

        Vector3D first = IndexOf(slice.Origin - _origin);
        Vector3D column = IndexOf(slice.ColumnStep);
        Vector3D row = IndexOf(slice.RowStep);
        double tilt = (Math.Abs(column[across]) * (slice.Columns - 1)) + (Math.Abs(row[across]) * (slice.Rows - 1));
        if (!(tilt <= 2 * PlaneTolerance))
        {
            return "it is tilted against the planes of the volume";
        }

        double place = IndexOf(slice.Centre - _origin)[across];
        double plane = Math.Round(place);
        if (!(plane >= 0 && plane < Counts[across]))
        {
            return $"it lies outside of the volume, {Distance(plane < 0 ? -place : place - Counts[across] + 1, across)} mm from its {(plane < 0 ? "first" : "last")} plane";
        }

        if (Math.Abs(place - plane) > PlaneTolerance)
        {
            return $"it lies between planes of the volume, {Distance(Math.Abs(place - plane), across)} mm from the nearest, which are {Distance(1, across)} mm apart";
        }

        section = new GridSection(first, column, row, across, (int)plane);
        return null;
    }

    private double Steepness(int axis, Vector3D normal) => Math.Abs(_gradients[axis].Dot(normal)) / _gradients[axis].Length;

    private string Distance(double steps, int axis) =>
        (steps / _gradients[axis].Length).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

    private Vector3D IndexOf(Vector3D step) => new(_gradients[0].Dot(step), _gradients[1].Dot(step), _gradients[2].Dot(step));
}
