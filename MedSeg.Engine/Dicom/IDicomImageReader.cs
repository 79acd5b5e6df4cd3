namespace MedSeg.Dicom;

/// <summary>The seam between MedSeg and whatever decodes DICOM files.</summary>
public interface IDicomImageReader
{
    /// <summary>Reads one single-frame image.</summary>
    /// <param name="path">The absolute path of a DICOM Part 10 file.</param>
    /// <returns>The decoded image.</returns>
    /// <exception cref="FileFormatException">
    /// The file is not DICOM, is truncated, or holds something that is not supported; the message says which.
    /// </exception>
    DicomImage Read(string path);
}
