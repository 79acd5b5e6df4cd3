using System.IO.Compression;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Inference.Scans;
using MedSeg.Volumes;

namespace MedSeg.Inference.Output;

/// <summary>Writes the masks of a series to one NIfTI volume of unsigned 8-bit values, plane by plane.</summary>
internal sealed class NiftiMaskWriter : IMaskWriter
{
    private readonly PendingFile _file;
    private readonly GZipStream _compressed;

    /// <summary>Creates the file and writes the header.</summary>
    /// <param name="series">The series.</param>
    /// <param name="path">The absolute path of the volume.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <exception cref="FileFormatException">The slices do not form an even grid.</exception>
    public NiftiMaskWriter(ScanSeries series, string path, bool replace)
    {
        var geometry = SeriesGeometry.Of(series, path);
        _file = new PendingFile(path, replace);
        _compressed = new GZipStream(_file.Stream, CompressionLevel.Optimal, leaveOpen: true);
        ImagePlane plane = geometry.First;
        byte[] header = geometry.Step is { } step
            ? NiftiHeaderWriter.Create(plane.Origin, [plane.ColumnStep, plane.RowStep, step], [plane.Columns, plane.Rows, series.Slices.Count])
            : NiftiHeaderWriter.CreateFlat(plane);
        _file.Write(() => _compressed.Write(header));
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
