using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;

namespace MedSeg.Inference.Scans;

/// <summary>Reads the pixels of slices. It keeps the last multi-frame file in memory, since its frames follow each other.</summary>
internal sealed class ScanReader
{
    private readonly object _gate = new();
    private string? _path;
    private DicomFile? _file;

    /// <summary>Reads a slice; several threads may do so at once.</summary>
    /// <param name="slice">The slice.</param>
    /// <returns>The image.</returns>
    public DicomImage Read(SourceSlice slice)
    {
        if (slice.Frames == 1)
        {
            return DicomImageReader.ReadFrames(slice.Path, buffer: null).First();
        }

        lock (_gate)
        {
            if (_path != slice.Path)
            {
                _file = DicomImageReader.Parse(slice.Path);
                _path = slice.Path;
            }

            return DicomImageReader.ReadFrame(_file!, slice.Frame);
        }
    }
}
