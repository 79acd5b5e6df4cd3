namespace MedSeg.Volumes;

/// <summary>The position of the voxels of a volume in patient coordinates.</summary>
internal sealed class VoxelGrid
{
    // As a fraction of the distance between planes: labels were not drawn on a slice further from the nearest plane.
    private const double PlaneTolerance = 0.25;

    // Programs round the positions that they write.
    private const double SamePlaceInVoxels = 0.1;

    private readonly Vector3D _origin;
    private readonly Vector3D[] _gradients;

    private VoxelGrid(Vector3D origin, Vector3D[] steps, Vector3D[] gradients, int[] counts)
    {
        _origin = origin;
        _gradients = gradients;
        Steps = steps;
        Counts = counts;
    }

    /// <summary>Gets the steps from a voxel to the next along each axis, in mm.</summary>
    public IReadOnlyList<Vector3D> Steps { get; }

    /// <summary>Gets the number of voxels along each axis.</summary>
    public int[] Counts { get; }

    /// <summary>Creates a grid.</summary>
    /// <param name="origin">The centre of the first voxel, in mm, in DICOM's coordinates.</param>
    /// <param name="steps">The three steps from a voxel to the next along each axis, in mm.</param>
    /// <param name="counts">The number of voxels along each axis.</param>
    /// <returns>The grid; <see langword="null"/> if the steps do not span three dimensions.</returns>
    public static VoxelGrid? Create(Vector3D origin, Vector3D[] steps, int[] counts)
    {
        Vector3D across = steps[1].Cross(steps[2]);
        double volume = steps[0].Dot(across);
        double product = steps[0].Length * steps[1].Length * steps[2].Length;
        if (!origin.IsFinite || !double.IsFinite(volume) || !(Math.Abs(volume) > 1e-3 * product) || !double.IsFinite(1 / volume))
        {
            return null;
        }

        // The rows of the inverse of the matrix of steps: the gradient of each index in patient coordinates.
        Vector3D[] gradients = [1 / volume * across, 1 / volume * steps[2].Cross(steps[0]), 1 / volume * steps[0].Cross(steps[1])];
        return Array.TrueForAll(gradients, g => g.IsFinite) ? new VoxelGrid(origin, steps, gradients, counts) : null;
    }

    /// <summary>Checks whether the voxels of another grid are at the same places.</summary>
    /// <param name="other">The other grid.</param>
    /// <returns><see langword="true"/> if the numbers of voxels are equal and no corner is further from its counterpart than a tenth of a voxel.</returns>
    public bool IsSameAs(VoxelGrid other)
    {
        double tolerance = SamePlaceInVoxels * Steps.Min(step => step.Length);
        return Counts.AsSpan().SequenceEqual(other.Counts)
            && (_origin - other._origin).Length <= tolerance
            && Enumerable.Range(0, Steps.Count).All(axis => Counts[axis] * (Steps[axis] - other.Steps[axis]).Length <= tolerance);
    }

    /// <summary>Finds the plane of voxels that a slice shows.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="section">The section, if there is one.</param>
    /// <returns><see langword="null"/>, or the reason why the slice shows no plane of the grid, as a phrase.</returns>
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
            return "it is tilted relative to the planes of the volume";
        }

        double position = IndexOf(slice.Centre - _origin)[across];
        double plane = Math.Round(position);
        if (!(plane >= 0 && plane < Counts[across]))
        {
            double beyond = plane < 0 ? -position : position - Counts[across] + 1;
            return $"it is outside of the volume, {Distance(beyond, across)} mm from its {(plane < 0 ? "first" : "last")} plane";
        }

        if (Math.Abs(position - plane) > PlaneTolerance)
        {
            return $"it is between two planes of the volume, {Distance(Math.Abs(position - plane), across)} mm from the nearest (planes are {Distance(1, across)} mm apart)";
        }

        section = new GridSection(first, column, row, across, (int)plane);
        return null;
    }

    private double Steepness(int axis, Vector3D normal) => Math.Abs(_gradients[axis].Dot(normal)) / _gradients[axis].Length;

    private string Distance(double steps, int axis) =>
        (steps / _gradients[axis].Length).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

    private Vector3D IndexOf(Vector3D step) => new(_gradients[0].Dot(step), _gradients[1].Dot(step), _gradients[2].Dot(step));
}
