using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>
/// The seam between MedSeg and the library that parses DICOM images: they are opened through <see cref="Open"/>, and
/// the build property DicomBackend chooses the library behind it (see docs/dicom.md). Either library returns a
/// <see cref="DicomFile"/>, so the code that decodes pixels and reads attributes is the same for both.
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
