namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The frequencies that a subband holds: first horizontal, then vertical.</summary>
internal enum Orientation
{
    LowLow,
    HighLow,
    LowHigh,
    HighHigh,
}
