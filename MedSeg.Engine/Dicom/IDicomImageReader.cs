using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>The seam between MedSeg and whatever decodes DICOM files.</summary>
public interface IDicomImageReader
{
    /// <summary>Reads the image of a file, or all of its frames.</summary>
    /// <param name="path">The absolute path of a DICOM Part 10 file.</param>
    /// <returns>The frames, each decoded when it is asked for.</returns>
    /// <exception cref="FileFormatException">
    /// The file is not DICOM, is truncated, or holds something that is not supported; the message says which.
    /// </exception>
    IEnumerable<DicomImage> ReadFrames(string path);
}
