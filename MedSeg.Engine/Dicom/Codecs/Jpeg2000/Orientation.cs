namespace MedSeg.Dicom.Codecs.Jpeg2000;

/// <summary>The frequencies in a subband: horizontal first, then vertical.</summary>
internal enum Orientation
{
    LowLow,
    HighLow,
    LowHigh,
    HighHigh,
}
