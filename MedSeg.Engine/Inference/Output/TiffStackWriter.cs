using MedSeg.Files;
using MedSeg.Formats.Tiff;
using MedSeg.Imaging;
using MedSeg.Inference.Scans;

namespace MedSeg.Inference.Output;

/// <summary>Writes the masks of a file's frames or slices as the pages of one TIFF file, in the order of the frames.</summary>
internal sealed class TiffStackWriter : IMaskWriter
{
    private readonly PendingFile _file;
    private readonly TiffEncoder _encoder;
    private readonly SortedDictionary<int, byte[]> _early = [];
    private int _next;

    /// <summary>Starts the file.</summary>
    /// <param name="series">The series, whose slices are of one file.</param>
    /// <param name="roiCount">The number K of ROIs.</param>
    /// <param name="path">The absolute path of the file.</param>
    /// <param name="output">Whether an existing file is replaced.</param>
    /// <exception cref="Errors.FileFormatException">The slices differ in size, or are more than a TIFF file can hold.</exception>
    public TiffStackWriter(ScanSeries series, int roiCount, string path, MaskOutput output)
    {
        SeriesGeometry.RequireSizes(series, path);
        SourceSlice first = series.Slices[0];
        _file = new PendingFile(path, output.Force, output.Numbering);
        try
        {
            double? distance = first.Volume is { } volume ? volume.Slices.Distance : SeriesGeometry.DistanceOf(series.Slices);
            _encoder = new TiffEncoder(_file.Stream, path, (first.Rows, first.Columns, series.Slices.Count), RoiPalette.Indexed(roiCount), first.Spacing, distance);
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
        // Slices come in the order of their positions, which for most files is that of the frames or its reverse.
        _early.Add(slice.Frame, mask.ToArray());
        while (_early.Remove(_next, out byte[]? page))
        {
            _next++;
            _file.Write(() => _encoder.WritePage(page));
        }

        return _file.FinalPath;
    }

    /// <inheritdoc/>
    public void Finish() => _file.Commit();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
