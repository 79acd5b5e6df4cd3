namespace MedSeg.Volumes;

/// <summary>The size of a volume, and where its voxels are.</summary>
/// <param name="Counts">The number of voxels along each of the three axes.</param>
/// <param name="Origin">The centre of the first voxel, in mm, in DICOM's coordinates (left, back, head).</param>
/// <param name="Steps">The steps from a voxel to the next along each axis, in mm; along patient axes if the file does not state directions.</param>
/// <param name="IsPlaced">Whether the file states position and directions, so that volumes can be compared by position.</param>
internal sealed record VolumeGeometry(int[] Counts, Vector3D Origin, Vector3D[] Steps, bool IsPlaced)
{
    /// <summary>Gets the number of voxels.</summary>
    public long Voxels => (long)Counts[0] * Counts[1] * Counts[2];

    /// <summary>Gets the size for messages, for example <c>512 × 512 × 30</c>.</summary>
    public string Size => string.Join(" × ", Counts);

    /// <summary>Creates the grid of the voxels.</summary>
    /// <returns>The grid; <see langword="null"/> if the file does not state a position, or the steps do not span three dimensions.</returns>
    public VoxelGrid? ToGrid() => IsPlaced ? VoxelGrid.Create(Origin, Steps, Counts) : null;
}
