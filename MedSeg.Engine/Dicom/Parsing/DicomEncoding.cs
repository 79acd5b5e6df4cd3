namespace MedSeg.Dicom.Parsing;

/// <summary>The encoding of the elements of a data set.</summary>
/// <param name="ExplicitVr">Whether each element states its value representation.</param>
/// <param name="BigEndian">Whether numbers are big-endian.</param>
internal readonly record struct DicomEncoding(bool ExplicitVr, bool BigEndian)
{
    public static readonly DicomEncoding ImplicitLittleEndian = new(ExplicitVr: false, BigEndian: false);
    public static readonly DicomEncoding ExplicitLittleEndian = new(ExplicitVr: true, BigEndian: false);
    public static readonly DicomEncoding ExplicitBigEndian = new(ExplicitVr: true, BigEndian: true);
}
