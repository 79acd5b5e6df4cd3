using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>
/// The seam between MedSeg and the library that parses DICOM files: all code opens files through <see cref="Open"/>, and
/// the build property DicomBackend chooses the library behind it (see docs/dicom.md). Whatever library it is, the result
/// is a <see cref="DicomFile"/>, so decoding pixels and reading attributes is the same code for all of them.
/// </summary>
internal static class DicomBackend
{
    /// <summary>Parses a file with the chosen library.</summary>
    /// <param name="source">The whole file.</param>
    /// <returns>Its transfer syntax and data set.</returns>
    /// <exception cref="FileFormatException">The file is not DICOM, is truncated, damaged or uses an unsupported feature.</exception>
    public static DicomFile Open(DicomSource source) =>
#if FODICOM
        FoDicomFileReader.Read(source);
#else
        DicomFile.Parse(source);
#endif
}
