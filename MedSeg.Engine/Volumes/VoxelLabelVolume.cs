using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>Labels in a volume of numbers, such as NIfTI, whose voxels are decoded when a slice needs them.</summary>
internal sealed class VoxelLabelVolume : LabelVolume
{
    // Scaling from 16 bits does not restore whole numbers exactly.
    private const double LeastTolerance = 1e-3;

    private readonly VolumeHeader _header;
    private readonly VoxelArray _voxels;
    private readonly VoxelGrid? _grid;

    // A scaled value is exact to half a step of the scale. Steps of 1 or more do not tell one label from the next.
    private readonly double _tolerance;

    // The planes that slices have shown, and the axis perpendicular to them.
    private readonly HashSet<int> _seen = [];
    private int _across;

    /// <summary>Initializes a new instance of the <see cref="VoxelLabelVolume"/> class.</summary>
    /// <param name="volume">The volume.</param>
    public VoxelLabelVolume(VoxelVolume volume)
        : base(volume.Header.Path)
    {
        _header = volume.Header;
        _voxels = volume.Voxels;
        _grid = _header.IsFlat ? null : _header.Geometry.ToGrid();
        double step = Math.Abs(_voxels.Slope);
        _tolerance = step < 1 ? Math.Max(LeastTolerance, step / 2 * (1 + 1e-6)) : LeastTolerance;
    }

    /// <summary>Gets the position of the voxels; null if the file does not state it.</summary>
    public VoxelGrid? Grid => _grid;

    /// <summary>Gets the number of planes along the third axis.</summary>
    public int PlaneCount => Counts[2];

    private int[] Counts => _header.Geometry.Counts;

    /// <summary>Returns the mask of a file with one plane, as stored: the first axis runs along rows of pixels, the second down.</summary>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException"><c>LabelVolume</c>: the file has several planes.</exception>
    public LabelImage ReadPlane()
    {
        if (Counts[2] != 1)
        {
            throw Error(
                ErrorIds.LabelVolume,
                $"The file is a volume of {_header.Geometry.Size} voxels, not the mask of a single image.",
                "Import it together with its series: Import-MedSegDataset matches volumes to slices by position.");
        }

        return ReadPlane(0);
    }

    /// <summary>Returns a plane along the third axis, as stored: the first axis runs along rows of pixels, the second down.</summary>
    /// <param name="plane">The number of the plane, from 0.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException"><c>NiftiUnsupported</c>: a value is not exact in single precision.</exception>
    public LabelImage ReadPlane(int plane) =>
        ToMask(Counts[1], Counts[0], (row, column) => ((((long)plane * Counts[1]) + row) * Counts[0]) + column);

    /// <inheritdoc/>
    public override SliceLabels Slice(ImageSlice image)
    {
        if (image.Section is { } section && (_grid is null || image.Plane is null))
        {
            return BySection(section, image);
        }

        if (_header.IsFlat || (_grid is null && Counts[2] == 1))
        {
            return image.Frames == 1
                ? new SliceLabels(ReadPlane(), IsMatched: true, [])
                : throw Error(ErrorIds.LabelFrames, $"The file has one mask, but the image has {image.Frames} frames.", "Save a volume with its position.");
        }

        if (_grid is null)
        {
            throw Error(
                ErrorIds.LabelVolumePosition,
                $"The volume has no position{(_header.Nifti is null ? "" : ": neither sform nor qform is set")}.",
                "Save it again with its position from the program in which it was drawn, or save a mask for each slice (PNG or .npy).");
        }

        return ByPosition(_grid, image);
    }

    /// <inheritdoc/>
    public override int CountUnseen() =>
        _seen.Count == 0 ? 0 : Enumerable.Range(0, Counts[_across]).Count(plane => !_seen.Contains(plane) && HoldsLabels(plane));

    private SliceLabels ByPosition(VoxelGrid grid, ImageSlice image)
    {
        ImagePlane plane = PlaneOf(image);
        long[] voxels = new long[image.Rows * image.Columns];
        string? problem = grid.Find(plane, out GridSection section);
        if (problem is null && section.Sample(plane, Counts, voxels) == 0)
        {
            problem = "it is outside of the volume";
        }

        if (problem is not null)
        {
            throw Error(
                ErrorIds.LabelOutsideVolume,
                $"The slice at {Text(plane.Centre)} mm has no labels in this volume: {problem}.",
                image.Section is { } own && own.Counts.SequenceEqual(Counts)
                    ? "Both volumes have the same size, so the labels may have been saved without the image's place: save them again with it (in nibabel, image.affine)."
                    : "Check that the volume was drawn on this series, or leave the slice out.");
        }

        (_across, _) = (section.Across, _seen.Add(section.Plane));
        return new SliceLabels(ToMask(image.Rows, image.Columns, (row, column) => voxels[(row * image.Columns) + column]), IsMatched: true, []);
    }

    // Without positions, volumes of the same size have the same voxels.
    private SliceLabels BySection(VolumeSection section, ImageSlice image)
    {
        if (!section.Counts.SequenceEqual(Counts))
        {
            throw Error(
                ErrorIds.LabelSizeMismatch,
                $"The labels have {_header.Geometry.Size} voxels, the image has {string.Join(" × ", section.Counts)}, and not both have a position by which they could be compared.",
                "Save the labels with the size and the place of the image.");
        }

        (_across, _) = (section.Across, _seen.Add(section.Index));
        return new SliceLabels(ToMask(image.Rows, image.Columns, section.VoxelOf), IsMatched: true, []);
    }

    private LabelImage ToMask(int rows, int columns, Func<int, int, long> voxelOf)
    {
        float[] values = new float[rows * columns];
        double? rounded = null;
        for (int row = 0, pixel = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++, pixel++)
            {
                long voxel = voxelOf(row, column);
                values[pixel] = voxel < 0 ? 0 : ValueAt(voxel, pixel, columns, ref rounded);
            }
        }

        return new LabelImage(rows, columns, values, IsLossy: false) { RoundedFrom = rounded };
    }

    private bool HoldsLabels(int plane)
    {
        long stride = _across == 0 ? 1 : _across == 1 ? Counts[0] : (long)Counts[0] * Counts[1];
        long period = stride * Counts[_across];
        for (long start = plane * stride; start < _header.Geometry.Voxels; start += period)
        {
            for (long voxel = start; voxel < start + stride; voxel++)
            {
                if (Math.Abs(_voxels.ValueAt(voxel)) > _tolerance)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private float ValueAt(long voxel, int pixel, int columns, ref double? rounded)
    {
        double value = _voxels.ValueAt(voxel);
        double whole = Math.Round(value);
        if (_voxels.IsScaled && Math.Abs(value - whole) <= _tolerance)
        {
            rounded ??= Math.Abs(value - whole) > LeastTolerance ? value : null;
            value = whole;
        }

        return LabelNumber.Exact(value, ErrorIds.NiftiUnsupported, Path, pixel, columns);
    }
}
