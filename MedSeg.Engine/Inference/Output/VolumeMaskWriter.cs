using System.IO.Compression;
using MedSeg.Files;
using MedSeg.Inference.Scans;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>
/// Writes the masks of a volume as a NIfTI volume of unsigned 8-bit values, voxel for voxel like the volume: slices are turned back to how it
/// is stored.
/// </summary>
internal sealed class VolumeMaskWriter : IMaskWriter
{
    private readonly PendingFile _file;
    private readonly ScanVolume _volume;
    private readonly MaskVoxels _labels;

    /// <summary>Creates the file.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="path">The absolute path of the masks.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    public VolumeMaskWriter(ScanVolume volume, string path, bool replace)
    {
        if (volume.Header.Nifti is null && volume.Header.Geometry.Counts.Max() > short.MaxValue)
        {
            throw new VolumeErrors(volume.Header.Path, volume.Header.Format).Unsupported($"The volume has {volume.Header.Geometry.Size} voxels; a NIfTI-1 mask has at most {short.MaxValue} along an axis.", "Use -Format Png.");
        }

        _volume = volume;
        _file = new PendingFile(path, replace);
        try
        {
            MaskVoxels? labels = null;
            _file.Write(() => labels = new MaskVoxels(volume, path));
            _labels = labels!;
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsVolume => true;

    /// <inheritdoc/>
    public string Write(SourceSlice slice, ReadOnlySpan<byte> mask)
    {
        byte[] labels = mask.ToArray();
        _file.Write(() => _labels.Write(_volume.Slices.SectionOf(slice.Frame), slice.Columns, labels));
        return _file.FinalPath;
    }

    /// <inheritdoc/>
    public void Finish()
    {
        VolumeGeometry geometry = _volume.Header.Geometry;
        byte[] header = _volume.Header.Nifti is { } nifti ? NiftiMaskHeader.Create(nifti) : NiftiHeaderWriter.Create(geometry);
        _file.Write(() =>
        {
            using var compressed = new GZipStream(_file.Stream, CompressionLevel.Optimal, leaveOpen: true);
            compressed.Write(header);
            _labels.CopyTo(compressed);
        });
        _file.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _labels.Dispose();
        _file.Dispose();
    }
}
