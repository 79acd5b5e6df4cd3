using MedSeg.Dicom;
using MedSeg.Errors;
using MedSeg.Imaging;

namespace MedSeg.Volumes;

/// <summary>An image volume that is not DICOM, cut into slices. Several threads may read slices at once.</summary>
internal sealed class ImageVolume
{
    private readonly VoxelVolume _volume;

    // The volumes along the fourth axis, or the components of colours, that are the channels.
    private readonly IReadOnlyList<int> _parts;

    private ImageVolume(VoxelVolume volume, SliceAxis axis, IReadOnlyList<int> parts)
    {
        Require(volume.Header, axis, parts);
        _volume = volume;
        _parts = parts.Count == 0 ? [0] : parts;
        Slices = new VolumeSlices(volume.Header.Geometry, axis);
    }

    /// <summary>Gets the slices.</summary>
    public VolumeSlices Slices { get; }

    /// <summary>Gets what the header states.</summary>
    public VolumeHeader Header => _volume.Header;

    /// <summary>Makes sure that a file can be cut into slices.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="axis">The axis along which it is cut.</param>
    /// <param name="parts">The volumes along the fourth axis, or the components of colours or vectors, that are the channels, from 0; empty for a file of one number per voxel.</param>
    /// <exception cref="FileFormatException">
    /// There are several numbers for each voxel of which none is chosen (<c>NiftiUnsupported</c>, <c>VolumeUnsupported</c>), or fewer of them than
    /// channels (<c>ChannelMissing</c>), or no directions although the slices are those of the patient (<c>VolumeDirections</c>).
    /// </exception>
    public static void Require(VolumeHeader header, SliceAxis axis, IReadOnlyList<int> parts)
    {
        if (header.HasNoDirections && SliceAxes.IsOfPatient(axis))
        {
            throw new FileFormatException(ErrorIds.VolumeDirections, header.Path, $"The volume should be cut into {axis.ToString().ToLowerInvariant()} slices, but {header.Format} states no directions.")
            {
                Advice = "Use -SliceAxis Third (or First or Second) for the axis as it is stored, or save the volume as NIfTI with its directions.",
            };
        }

        if (parts.Count == 0 && header.Volumes > 1)
        {
            throw NoneChosen(header);
        }

        int last = parts.DefaultIfEmpty(0).Max();
        if (last >= header.Volumes)
        {
            throw new FileFormatException(ErrorIds.ChannelMissing, header.Path, $"There is no volume {last + 1} along the fourth axis: the file has {(header.Volumes == 1 ? "1 volume" : $"{header.Volumes} volumes")}.")
            {
                Advice = "Change -Channel, or use files that have all channels.",
            };
        }
    }

    /// <summary>Reads a volume; a compressed one is inflated once, and one that is larger than the memory for a file is read slice by slice.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="axis">The axis along which it is cut.</param>
    /// <param name="parts">The volumes along the fourth axis that are the channels, from 0; null or empty for a file of one volume.</param>
    /// <exception cref="MedSegException">As <see cref="VolumeFile.Read"/> and <see cref="Require"/>.</exception>
    public static ImageVolume Open(string path, SliceAxis axis, IReadOnlyList<int>? parts = null) => Of(VolumeFile.Open(path), axis, parts);

    /// <summary>Cuts a volume that was read.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="axis">The axis along which it is cut.</param>
    /// <param name="parts">As for <see cref="Open"/>.</param>
    /// <exception cref="FileFormatException">As <see cref="Require"/>.</exception>
    public static ImageVolume Of(VoxelVolume volume, SliceAxis axis, IReadOnlyList<int>? parts = null) => new(volume, axis, parts ?? []);

    /// <summary>Gets a value indicating whether voxels could not be read, as far as is known.</summary>
    public bool IsFaulted => _volume.Voxels.IsFaulted;

    /// <summary>Waits until all voxels are read, if they still are.</summary>
    /// <exception cref="MedSegException">The file is damaged, or cannot be read.</exception>
    public void Complete() => _volume.Voxels.Complete();

    /// <summary>Visits the pixels of a slice, row by row.</summary>
    /// <param name="index">The index of the slice, from 0.</param>
    /// <param name="channel">The channel, from 0.</param>
    /// <param name="visit">Receives the pixel's index, its stored value and its real value.</param>
    public void ForEach(int index, int channel, Action<int, double, double> visit)
    {
        VolumeSection section = SectionOf(index, channel);
        for (int row = 0, pixel = 0; row < Slices.Rows; row++)
        {
            for (int column = 0; column < Slices.Columns; column++, pixel++)
            {
                long voxel = section.VoxelOf(row, column);
                visit(pixel, _volume.Voxels.StoredAt(voxel), _volume.Voxels.ValueAt(voxel));
            }
        }
    }

    /// <summary>Decodes a slice, with all channels.</summary>
    /// <param name="index">The index of the slice, from 0.</param>
    /// <param name="buffer">The memory for the pixels of the first channel; <see langword="null"/> to allocate it.</param>
    public ImageSlice Read(int index, FrameBuffer? buffer = null)
    {
        int count = Slices.Rows * Slices.Columns;
        var first = new ImageSlice
        {
            Rows = Slices.Rows,
            Columns = Slices.Columns,
            Pixels = Decode(index, 0, buffer?.Take(count) ?? GC.AllocateUninitializedArray<float>(count)),
            Frame = index + 1,
            Frames = Slices.Count,
            Plane = Header.Geometry.IsPlaced ? Slices.PlaneOf(index) : null,
            Spacing = Slices.Spacing,
            Section = Slices.SectionOf(index),
            Cut = Slices.Cut,
            DirectionsNote = Header.DirectionsNote,
        };
        return _parts.Count == 1
            ? first
            : first with { OtherChannels = [.. Enumerable.Range(1, _parts.Count - 1).Select(channel => first with { Pixels = Decode(index, channel, GC.AllocateUninitializedArray<float>(count)) })] };
    }

    private float[] Decode(int index, int channel, float[] pixels)
    {
        _volume.Voxels.Read(SectionOf(index, channel), Slices.Columns, pixels.AsSpan(0, Slices.Rows * Slices.Columns));
        return pixels;
    }

    private VolumeSection SectionOf(int index, int channel)
    {
        VolumeSection section = Slices.SectionOf(index, Header.Strides);
        return section with { First = section.First + (_parts[channel] * Header.VolumeStride) };
    }

    private static FileFormatException NoneChosen(VolumeHeader header)
    {
        string id = header.Nifti is null ? ErrorIds.VolumeUnsupported : ErrorIds.NiftiUnsupported;
        string finding = header.AreColors == true ? $"The volume has colours: {header.Volumes} numbers for each voxel."
            : header.AreVolumesInterleaved ? $"The volume has several channels: {header.Volumes} numbers for each voxel."
            : $"The file has 4 axes ({header.Geometry.Size} × {header.Volumes} voxels): {header.Volumes} volumes, such as channels or time points.";
        return new FileFormatException(id, header.Path, finding)
        {
            Advice = header.AreColors == true
                ? "Say which colours are channels, for example -Channel 'r=Color=Red', 'g=Color=Green', 'b=Color=Blue', or save a grey volume."
                : "Say which volumes are channels, for example -Channel 'T1=Volume=1', 'T2=Volume=2', or save one file for each.",
        };
    }
}
