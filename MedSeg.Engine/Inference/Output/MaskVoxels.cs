using MedSeg.Files;
using MedSeg.Inference.Scans;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>
/// The labels of a volume until all slices are there. Those of a large volume that is cut along its third axis are in a temporary file next to
/// the output, where each slice is one piece; all others are in memory.
/// </summary>
internal sealed class MaskVoxels : IDisposable
{
    /// <summary>The number of voxels from which on labels are in a file.</summary>
    public const long LeastInFile = 1 << 28;

    private readonly byte[] _labels = [];
    private readonly FileStream? _file;
    private readonly byte[] _plane = [];

    /// <summary>Initializes a new instance of the <see cref="MaskVoxels"/> class.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="path">The absolute path of the output.</param>
    /// <param name="leastInFile">The number of voxels from which on labels are in a file.</param>
    /// <exception cref="Errors.FileFormatException"><c>FileTooLarge</c>: the labels need more memory than one file may take.</exception>
    public MaskVoxels(ScanVolume volume, string path, long leastInFile = LeastInFile)
    {
        VolumeGeometry geometry = volume.Header.Geometry;
        if (volume.Slices.Across == 2 && geometry.Voxels >= leastInFile)
        {
            _plane = new byte[geometry.Counts[0] * geometry.Counts[1]];
            FileChanges.CreateFolder(Path.GetDirectoryName(path)!);
            _file = FileChanges.Open(PartialFile.NameFor(path), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
            return;
        }

        MemoryBudget.Require(geometry.Voxels, $"The mask of {geometry.Size} voxels", volume.Header.Path);
        _labels = new byte[geometry.Voxels];
    }

    /// <summary>Gets a value indicating whether the labels are in a file.</summary>
    public bool IsInFile => _file is not null;

    /// <summary>Adds the labels of a slice.</summary>
    /// <param name="section">The place of the slice.</param>
    /// <param name="columns">The number of columns of the slice.</param>
    /// <param name="mask">The labels, row by row.</param>
    public void Write(VolumeSection section, int columns, ReadOnlySpan<byte> mask)
    {
        Span<byte> target = _file is null ? _labels : _plane;
        long start = _file is null ? 0 : (long)section.Index * _plane.Length;
        for (int pixel = 0; pixel < mask.Length; pixel++)
        {
            target[(int)(section.VoxelOf(pixel / columns, pixel % columns) - start)] = mask[pixel];
        }

        if (_file is not null)
        {
            _file.Position = start;
            _file.Write(_plane);
        }
    }

    /// <summary>Copies all labels to a stream, the first axis fastest.</summary>
    /// <param name="stream">The stream to write to.</param>
    public void CopyTo(Stream stream)
    {
        if (_file is null)
        {
            stream.Write(_labels);
            return;
        }

        _file.Position = 0;
        _file.CopyTo(stream);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
