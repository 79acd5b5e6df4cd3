using MedSeg.Errors;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>Labels in a volume of numbers, such as NIfTI, whose voxels are decoded when a slice needs them.</summary>
/// <param name="volume">The volume.</param>
internal sealed class VoxelLabelVolume(VoxelVolume volume) : GridLabelVolume(RequireOne(volume.Header))
{
    // Scaling from 16 bits does not restore whole numbers exactly.
    private const double LeastTolerance = 1e-3;

    private readonly VoxelArray _voxels = volume.Voxels;

    // A scaled value is exact to half a step of the scale. Steps of 1 or more do not tell one label from the next.
    private readonly double _tolerance = Math.Abs(volume.Voxels.Slope) < 1 ? Math.Max(LeastTolerance, Math.Abs(volume.Voxels.Slope) / 2 * (1 + 1e-6)) : LeastTolerance;

    /// <summary>Returns the mask of a file with one plane, as stored: the first axis runs along rows of pixels, the second down.</summary>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException"><c>LabelVolume</c>: the file has several planes.</exception>
    public LabelImage ReadPlane()
    {
        long[] voxels = PlaneVoxels();
        return ToMask(Counts[1], Counts[0], voxels);
    }

    /// <summary>Returns a plane along the third axis, as stored: the first axis runs along rows of pixels, the second down.</summary>
    /// <param name="plane">The number of the plane, from 0.</param>
    /// <returns>The mask.</returns>
    /// <exception cref="FileFormatException">A value is not exact in single precision.</exception>
    public LabelImage ReadPlane(int plane) => ToMask(Counts[1], Counts[0], VoxelsOf(plane));

    /// <inheritdoc/>
    public override void Complete() => _voxels.Complete();

    /// <inheritdoc/>
    protected override SliceLabels ToLabels(int rows, int columns, long[] voxels) => new(ToMask(rows, columns, voxels), IsMatched: true, []);

    /// <inheritdoc/>
    protected override SliceLabels ToLabels(int rows, int columns, VolumeSection section)
    {
        if (!_voxels.IsExactInSingle)
        {
            return base.ToLabels(rows, columns, section);
        }

        float[] values = GC.AllocateUninitializedArray<float>(rows * columns);
        _voxels.Read(section, columns, values);
        return _voxels.IsFinite || Array.TrueForAll(values, float.IsFinite) ? new SliceLabels(new LabelImage(rows, columns, values, IsLossy: false), IsMatched: true, []) : base.ToLabels(rows, columns, section);
    }

    /// <inheritdoc/>
    protected override bool IsLabel(long voxel) => Math.Abs(_voxels.ValueAt(voxel)) > _tolerance;

    private static VolumeHeader RequireOne(VolumeHeader header)
    {
        if (header.Volumes == 1)
        {
            return header;
        }

        string finding = header.AreColors == true ? "The file has colours, but labels are one number per voxel."
            : header.Segments.Count > 0 ? $"The segments are in {header.Volumes} layers, since they may overlap, but labels are one number per voxel."
            : header.AreVolumesInterleaved ? $"The volume has {header.Volumes} numbers for each voxel, and does not describe segments."
            : $"The file has 4 axes ({header.Geometry.Size} × {header.Volumes} voxels), but labels are one volume of 3.";
        throw new FileFormatException(header.Nifti is null ? ErrorIds.VolumeUnsupported : ErrorIds.NiftiUnsupported, header.Path, finding)
        {
            Advice = "Save a volume with one number per voxel, the ROI.",
        };
    }

    private LabelImage ToMask(int rows, int columns, long[] voxels)
    {
        float[] values = new float[voxels.Length];
        VoxelArray stored = _voxels.Reopen();
        double? rounded = null;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = voxels[i] < 0 ? 0 : Exact(stored.ValueAt(voxels[i]), i, columns, ref rounded);
        }

        return new LabelImage(rows, columns, values, IsLossy: false) { RoundedFrom = rounded };
    }

    private float Exact(double value, int pixel, int columns, ref double? rounded)
    {
        double whole = Math.Round(value);
        if (_voxels.IsScaled && Math.Abs(value - whole) <= _tolerance)
        {
            rounded ??= Math.Abs(value - whole) > LeastTolerance ? value : null;
            value = whole;
        }

        return LabelNumber.Exact(value, volume.Header.Nifti is null ? ErrorIds.VolumeUnsupported : ErrorIds.NiftiUnsupported, Path, pixel, columns);
    }
}
