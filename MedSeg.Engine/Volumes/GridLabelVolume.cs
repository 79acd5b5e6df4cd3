using MedSeg.Errors;

namespace MedSeg.Volumes;

/// <summary>Labels on a grid of voxels, in a file that is not DICOM. Derived classes know what the voxels mean.</summary>
/// <param name="header">What the header of the file states.</param>
internal abstract class GridLabelVolume(VolumeHeader header) : LabelVolume(header.Path)
{
    private readonly VoxelGrid? _grid = header.IsFlat ? null : header.Geometry.ToGrid();

    // The planes that slices have shown, and the axis perpendicular to them.
    private readonly HashSet<int> _seen = [];
    private int _across;

    /// <summary>Gets the position of the voxels; null if the file does not state it.</summary>
    public VoxelGrid? Grid => _grid;

    /// <summary>Gets the number of planes along the third axis.</summary>
    public int PlaneCount => Counts[2];

    /// <summary>Gets the number of voxels along each axis.</summary>
    protected int[] Counts => header.Geometry.Counts;

    /// <inheritdoc/>
    public override bool IsConcurrent => true;

    /// <inheritdoc/>
    public override SliceLabels Slice(ImageSlice image)
    {
        if (image.Section is { } section && (_grid is null || image.Plane is null))
        {
            return ToLabels(image.Rows, image.Columns, BySection(section));
        }

        if (header.IsFlat || (_grid is null && Counts[2] == 1))
        {
            return image.Frames == 1
                ? ToLabels(Counts[1], Counts[0], PlaneVoxels())
                : throw Error(ErrorIds.LabelFrames, $"The file has one mask, but the image has {image.Frames} frames.", "Save a volume with its position.");
        }

        if (_grid is null)
        {
            throw Error(
                ErrorIds.LabelVolumePosition,
                $"The volume has no position{(header.Nifti is null ? "" : ": neither sform nor qform is set")}.",
                "Save it again with its position from the program in which it was drawn, or save a mask for each slice (PNG or .npy).");
        }

        return ByPosition(_grid, image);
    }

    /// <inheritdoc/>
    public override int CountUnseen()
    {
        List<int> unseen = _seen.Count == 0 ? [] : [.. Enumerable.Range(0, Counts[_across]).Where(plane => !_seen.Contains(plane))];
        int count = unseen.Count;
        long stride = _across == 0 ? 1 : _across == 1 ? Counts[0] : (long)Counts[0] * Counts[1];
        long period = stride * Counts[_across];

        // In the order of the file, so that one of several GB is read once whatever the direction of the planes.
        for (long start = 0; start < header.Geometry.Voxels && unseen.Count > 0; start += period)
        {
            unseen.RemoveAll(plane => HasLabel(start + (plane * stride), stride));
        }

        return count - unseen.Count;
    }

    /// <summary>Finds the voxels of a file with one plane, as stored: the first axis runs along rows of pixels, the second down.</summary>
    /// <returns>The voxel of each pixel.</returns>
    /// <exception cref="FileFormatException"><c>LabelVolume</c>: the file has several planes.</exception>
    protected long[] PlaneVoxels()
    {
        if (Counts[2] != 1)
        {
            throw Error(
                ErrorIds.LabelVolume,
                $"The file is a volume of {header.Geometry.Size} voxels, not the mask of a single image.",
                "Import it together with its series: Import-MedSegDataset matches volumes to slices by position.");
        }

        return VoxelsOf(plane: 0);
    }

    /// <summary>Finds the voxels of a plane along the third axis, as stored.</summary>
    /// <param name="plane">The number of the plane, from 0.</param>
    /// <returns>The voxel of each pixel.</returns>
    protected long[] VoxelsOf(int plane)
    {
        long[] voxels = new long[Counts[0] * Counts[1]];
        for (int i = 0; i < voxels.Length; i++)
        {
            voxels[i] = ((long)plane * voxels.Length) + i;
        }

        return voxels;
    }

    /// <summary>Makes a mask.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="voxels">The voxel of each pixel; −1 outside of the volume, which is background.</param>
    protected abstract SliceLabels ToLabels(int rows, int columns, long[] voxels);

    /// <summary>Makes a mask.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="section">The voxel of each pixel.</param>
    protected virtual SliceLabels ToLabels(int rows, int columns, VolumeSection section)
    {
        long[] voxels = new long[rows * columns];
        for (int pixel = 0; pixel < voxels.Length; pixel++)
        {
            voxels[pixel] = section.VoxelOf(pixel / columns, pixel % columns);
        }

        return ToLabels(rows, columns, voxels);
    }

    /// <summary>Checks whether a voxel is not background.</summary>
    /// <param name="voxel">The index of the voxel.</param>
    protected abstract bool IsLabel(long voxel);

    private SliceLabels ByPosition(VoxelGrid grid, ImageSlice image)
    {
        ImagePlane plane = PlaneOf(image);
        string? problem = grid.Find(plane, out GridSection section);
        if (problem is null && section.ToVoxels(plane, Counts) is { } own)
        {
            See(section.Across, section.Plane);
            return ToLabels(image.Rows, image.Columns, own);
        }

        long[] voxels = new long[image.Rows * image.Columns];
        if (problem is null && section.Sample(plane, Counts, voxels) == 0)
        {
            problem = "it is outside of the volume";
        }

        if (problem is not null)
        {
            throw Error(
                ErrorIds.LabelOutsideVolume,
                $"The slice at {Text(plane.Centre)} mm has no labels in this volume: {problem}.",
                image.Section is { } cut && cut.Counts.SequenceEqual(Counts)
                    ? "Both volumes have the same size, so the labels may have been saved without the image's place: save them again with it (in nibabel, image.affine)."
                    : "Check that the volume was drawn on this series, or leave the slice out.");
        }

        See(section.Across, section.Plane);
        return ToLabels(image.Rows, image.Columns, voxels);
    }

    private void See(int across, int plane)
    {
        lock (_seen)
        {
            (_across, _) = (across, _seen.Add(plane));
        }
    }

    // Without positions, volumes of the same size have the same voxels.
    private VolumeSection BySection(VolumeSection section)
    {
        if (!section.Counts.SequenceEqual(Counts))
        {
            throw Error(
                ErrorIds.LabelSizeMismatch,
                $"The labels have {header.Geometry.Size} voxels, the image has {string.Join(" × ", section.Counts)}, and not both have a position by which they could be compared.",
                "Save the labels with the size and the place of the image.");
        }

        See(section.Across, section.Index);
        return section;
    }

    private bool HasLabel(long start, long count)
    {
        for (long voxel = start; voxel < start + count; voxel++)
        {
            if (IsLabel(voxel))
            {
                return true;
            }
        }

        return false;
    }
}
