using System.IO.Compression;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Writes the masks of a series to one NIfTI or NRRD volume of unsigned 8-bit values, plane by plane.</summary>
internal sealed class SeriesMaskWriter : IMaskWriter
{
    private readonly PendingFile _file;
    private readonly GZipStream _compressed;

    /// <summary>Creates the file and writes the header.</summary>
    /// <param name="series">The series.</param>
    /// <param name="path">The absolute path of the volume.</param>
    /// <param name="output">The format, and whether an existing file is replaced.</param>
    /// <param name="names">The names of the ROIs.</param>
    /// <exception cref="FileFormatException">The slices do not form an even grid.</exception>
    public SeriesMaskWriter(ScanSeries series, string path, MaskOutput output, IReadOnlyList<string> names)
    {
        var header = MaskVolumeHeader.Of(SeriesGeometry.Of(series, path), series.Slices.Count, output, names);
        _file = new PendingFile(path, output.Force, output.Numbering);
        _file.Write(() => _file.Stream.Write(header.Plain));
        _compressed = new GZipStream(_file.Stream, CompressionLevel.Optimal, leaveOpen: true);
        _file.Write(() => _compressed.Write(header.Compressed));
    }

    /// <inheritdoc/>
    public bool IsVolume => true;

    /// <inheritdoc/>
    public string Write(SourceSlice slice, ReadOnlySpan<byte> mask)
    {
        byte[] plane = mask.ToArray();
        _file.Write(() => _compressed.Write(plane));
        return _file.FinalPath;
    }

    /// <inheritdoc/>
    public void Finish()
    {
        _file.Write(_compressed.Dispose);
        _file.Commit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _compressed.Dispose();
        _file.Dispose();
    }
}
