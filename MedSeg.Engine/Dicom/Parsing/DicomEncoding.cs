namespace MedSeg.Dicom.Parsing;

/// <summary>How the elements of a data set are written.</summary>
/// <param name="ExplicitVr">Whether each element states its value representation.</param>
/// <param name="BigEndian">Whether numbers have their most significant byte first.</param>
internal readonly record struct DicomEncoding(bool ExplicitVr, bool BigEndian)
{
    public static readonly DicomEncoding ImplicitLittleEndian = new(ExplicitVr: false, BigEndian: false);
    public static readonly DicomEncoding ExplicitLittleEndian = new(ExplicitVr: true, BigEndian: false);
    public static readonly DicomEncoding ExplicitBigEndian = new(ExplicitVr: true, BigEndian: true);
}
