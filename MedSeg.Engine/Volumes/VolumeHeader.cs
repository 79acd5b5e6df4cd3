namespace MedSeg.Volumes;

/// <summary>What the header of a volume states.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Format">The name of the format, for example <c>NIfTI</c>.</param>
/// <param name="Geometry">Where the voxels are.</param>
/// <param name="Type">The type of the stored numbers.</param>
internal sealed record VolumeHeader(string Path, string Format, VolumeGeometry Geometry, VoxelType Type)
{
    /// <summary>Gets a value indicating whether the file has two axes only, so it has no direction across.</summary>
    public bool IsFlat { get; init; }

    /// <summary>Gets the header of a NIfTI file, which masks of it copy; <see langword="null"/> for other formats.</summary>
    public NiftiHeader? Nifti { get; init; }

    /// <summary>Gets the number of numbers for each voxel: volumes along the fourth axis, such as channels or time points, components of colours or vectors, or layers of segments.</summary>
    public int Volumes { get; init; } = 1;

    /// <summary>Gets the number of axes of space that vary faster than the numbers of a voxel: 3 if these are along the last axis, 0 if they follow each other.</summary>
    public int AxesBeforeVolumes { get; init; } = 3;

    /// <summary>Gets a value indicating whether the numbers of a voxel follow each other, rather than the voxels of a volume.</summary>
    public bool AreVolumesInterleaved => AxesBeforeVolumes == 0;

    /// <summary>Gets the step from a number of a voxel to the next, in stored numbers.</summary>
    public long VolumeStride => Geometry.Counts.Take(AxesBeforeVolumes).Aggregate(1L, (product, count) => product * count);

    /// <summary>Gets the step from a voxel to the next along each axis, in stored numbers.</summary>
    public long[] Strides => [.. Enumerable.Range(0, 3).Select(axis => Geometry.Counts.Take(axis).Aggregate(axis >= AxesBeforeVolumes ? (long)Volumes : 1, (product, count) => product * count))];

    /// <summary>Gets whether the numbers of a voxel are red, green and blue; <see langword="null"/> if they may be, but the format does not say so.</summary>
    public bool? AreColors { get; init; } = false;

    /// <summary>Gets a value indicating whether the format states no directions, so that left and right, for example, are not known.</summary>
    public bool HasNoDirections { get; init; }

    /// <summary>Gets what to know about slices where the format states no directions; <see langword="null"/> where it does.</summary>
    public string? DirectionsNote => HasNoDirections ? $"{Format} states no directions: slices are as they are stored, and may be mirrored." : null;

    /// <summary>Gets the segments that the file describes; empty if voxels are numbers of their own.</summary>
    public IReadOnlyList<VolumeSegment> Segments { get; init; } = [];

    /// <summary>Gets the absolute paths of the files with the header and the voxels.</summary>
    public IReadOnlyList<string> Files { get; init; } = [Path];
}
