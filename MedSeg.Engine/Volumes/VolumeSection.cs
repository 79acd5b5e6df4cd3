namespace MedSeg.Volumes;

/// <summary>The voxels of a volume that are the pixels of a slice, by index.</summary>
/// <param name="Counts">The number of voxels of the volume along each axis.</param>
/// <param name="First">The voxel of the first pixel.</param>
/// <param name="ColumnStride">The step from a pixel to the next in its row.</param>
/// <param name="RowStride">The step from a pixel to the next in its column.</param>
/// <param name="Across">The axis perpendicular to the slice, from 0 to 2.</param>
/// <param name="Index">The index of the slice along that axis.</param>
internal sealed record VolumeSection(int[] Counts, long First, long ColumnStride, long RowStride, int Across, int Index)
{
    /// <summary>Returns the voxel of a pixel.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    public long VoxelOf(int row, int column) => First + (row * RowStride) + (column * ColumnStride);
}
