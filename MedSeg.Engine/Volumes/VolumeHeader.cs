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

    /// <summary>Gets the number of volumes in the file, such as channels or time points along the fourth axis of NIfTI.</summary>
    public int Volumes { get; init; } = 1;

    /// <summary>Gets the number of layers of segments: numbers for each voxel.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Gets a value indicating whether the layers of a voxel follow each other, rather than the voxels of a layer.</summary>
    public bool AreLayersFirst { get; init; }

    /// <summary>Gets the segments that the file describes; empty if voxels are numbers of their own.</summary>
    public IReadOnlyList<VolumeSegment> Segments { get; init; } = [];

    /// <summary>Gets the absolute paths of the files with the header and the voxels.</summary>
    public IReadOnlyList<string> Files { get; init; } = [Path];
}
