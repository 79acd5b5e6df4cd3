using MedSeg.Dicom.Parsing;
using MedSeg.Errors;

namespace MedSeg.Dicom;

/// <summary>The library that opens DICOM files; the property DicomBackend of the build chooses it (see docs/dicom.md).</summary>
internal static class DicomBackend
{
    /// <summary>Opens a file.</summary>
    /// <param name="source">The whole file.</param>
    /// <returns>Its transfer syntax and data set.</returns>
    /// <exception cref="FileFormatException">The file is not DICOM, is truncated, damaged or not supported.</exception>
    public static DicomFile Open(DicomSource source) =>
#if FODICOM
        FoDicomFileReader.Read(source);
#else
        DicomFile.Parse(source);
#endif
}
