using MedSeg.Dicom;
using MedSeg.Imaging;

namespace MedSeg.Volumes;

/// <summary>An image volume that is not DICOM, cut into slices. Several threads may read slices at once.</summary>
internal sealed class ImageVolume
{
    private readonly VoxelVolume _volume;

    private ImageVolume(VoxelVolume volume, SliceAxis axis)
    {
        if (volume.Header.Layers > 1)
        {
            throw new VolumeErrors(volume.Header.Path, volume.Header.Format).Unsupported(
                $"The volume has {volume.Header.Layers} numbers for each voxel, such as colours.", "Save a volume with one number per voxel.");
        }

        _volume = volume;
        Slices = new VolumeSlices(volume.Header.Geometry, axis);
    }

    /// <summary>Gets the slices.</summary>
    public VolumeSlices Slices { get; }

    /// <summary>Gets what the header states.</summary>
    public VolumeHeader Header => _volume.Header;

    /// <summary>Reads a volume; a compressed one is inflated once, and one that is larger than the memory for a file is read slice by slice.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="axis">The axis along which it is cut.</param>
    /// <exception cref="Errors.MedSegException">As <see cref="VolumeFile.Read"/>.</exception>
    public static ImageVolume Open(string path, SliceAxis axis) => new(VolumeFile.Open(path), axis);

    /// <summary>Cuts a volume that was read.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="axis">The axis along which it is cut.</param>
    public static ImageVolume Of(VoxelVolume volume, SliceAxis axis) => new(volume, axis);

    /// <summary>Visits the pixels of a slice, row by row.</summary>
    /// <param name="index">The index of the slice, from 0.</param>
    /// <param name="visit">Receives the pixel's index, its stored value and its real value.</param>
    public void ForEach(int index, Action<int, double, double> visit)
    {
        VolumeSection section = Slices.SectionOf(index);
        for (int row = 0, pixel = 0; row < Slices.Rows; row++)
        {
            for (int column = 0; column < Slices.Columns; column++, pixel++)
            {
                long voxel = section.VoxelOf(row, column);
                visit(pixel, _volume.Voxels.StoredAt(voxel), _volume.Voxels.ValueAt(voxel));
            }
        }
    }

    /// <summary>Decodes a slice.</summary>
    /// <param name="index">The index of the slice, from 0.</param>
    /// <param name="buffer">The memory for the pixels; <see langword="null"/> to allocate it.</param>
    public ImageSlice Read(int index, FrameBuffer? buffer = null)
    {
        VolumeSection section = Slices.SectionOf(index);
        int count = Slices.Rows * Slices.Columns;
        float[] pixels = buffer?.Take(count) ?? GC.AllocateUninitializedArray<float>(count);
        _volume.Voxels.Read(section, Slices.Columns, pixels.AsSpan(0, count));
        return new ImageSlice
        {
            Rows = Slices.Rows,
            Columns = Slices.Columns,
            Pixels = pixels,
            Frame = index + 1,
            Frames = Slices.Count,
            Plane = Header.Geometry.IsPlaced ? Slices.PlaneOf(index) : null,
            Spacing = Slices.Spacing,
            Section = section,
            Cut = Slices.Cut,
        };
    }
}
