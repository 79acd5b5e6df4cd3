using System.IO.Compression;
using MedSeg.Files;
using MedSeg.Inference.Scans;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>
/// Writes the masks of a volume as a NIfTI or NRRD volume of unsigned 8-bit values, voxel for voxel like the volume: slices are turned back to how it
/// is stored. The mask of the whole volume is in memory until it is complete.
/// </summary>
internal sealed class VolumeMaskWriter : IMaskWriter
{
    private readonly PendingFile _file;
    private readonly ScanVolume _volume;
    private readonly byte[] _labels;
    private readonly MaskVolumeHeader _header;

    /// <summary>Creates the file.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="path">The absolute path of the masks.</param>
    /// <param name="output">The format, and whether an existing file is replaced.</param>
    /// <param name="names">The names of the ROIs.</param>
    public VolumeMaskWriter(ScanVolume volume, string path, MaskOutput output, IReadOnlyList<string> names)
    {
        MemoryBudget.Require(volume.Header.Geometry.Voxels, $"The mask of {volume.Header.Geometry.Size} voxels", volume.Header.Path);
        if (output.Format == MaskFormat.Nifti && volume.Header.Nifti is null && volume.Header.Geometry.Counts.Max() > short.MaxValue)
        {
            throw new VolumeErrors(volume.Header.Path, volume.Header.Format).Unsupported($"The volume has {volume.Header.Geometry.Size} voxels; a NIfTI-1 mask has at most {short.MaxValue} along an axis.", "Use -Format Png.");
        }

        _volume = volume;
        _labels = new byte[volume.Header.Geometry.Voxels];
        _header = MaskVolumeHeader.Of(volume.Header, output, names);
        _file = new PendingFile(path, output.Force);
    }

    /// <inheritdoc/>
    public bool IsVolume => true;

    /// <inheritdoc/>
    public string Write(SourceSlice slice, ReadOnlySpan<byte> mask)
    {
        VolumeSection section = _volume.Slices.SectionOf(slice.Frame);
        for (int row = 0, pixel = 0; row < slice.Rows; row++)
        {
            for (int column = 0; column < slice.Columns; column++, pixel++)
            {
                _labels[section.VoxelOf(row, column)] = mask[pixel];
            }
        }

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
            compressed.Write(_labels);
        });
        _file.Commit();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
