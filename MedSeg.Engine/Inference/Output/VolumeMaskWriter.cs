using System.IO.Compression;
using MedSeg.Files;
using MedSeg.Inference.Scans;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>
/// Writes the masks of a volume as a NIfTI or NRRD volume of unsigned 8-bit values, voxel for voxel like the volume: slices are turned back to how it
/// is stored.
/// </summary>
internal sealed class VolumeMaskWriter : IMaskWriter
{
    private readonly PendingFile _file;
    private readonly ScanVolume _volume;
    private readonly MaskVoxels _labels;
    private readonly MaskVolumeHeader _header;

    /// <summary>Creates the file.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="path">The absolute path of the masks.</param>
    /// <param name="output">The format, and whether an existing file is replaced.</param>
    /// <param name="names">The names of the ROIs.</param>
    public VolumeMaskWriter(ScanVolume volume, string path, MaskOutput output, IReadOnlyList<string> names)
    {
        if (output.Format == MaskFormat.Nifti && volume.Header.Nifti is null && volume.Header.Geometry.Counts.Max() > short.MaxValue)
        {
            throw new VolumeErrors(volume.Header.Path, volume.Header.Format).Unsupported($"The volume has {volume.Header.Geometry.Size} voxels; a NIfTI-1 mask has at most {short.MaxValue} along an axis.", "Use -Format Png.");
        }

        _volume = volume;
        _header = MaskVolumeHeader.Of(volume.Header, output, names);
        _file = new PendingFile(path, output.Force, output.Numbering);
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
        _file.Write(() =>
        {
            _file.Stream.Write(_header.Plain);
            using var compressed = new GZipStream(_file.Stream, CompressionLevel.Optimal, leaveOpen: true);
            compressed.Write(_header.Compressed);
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
