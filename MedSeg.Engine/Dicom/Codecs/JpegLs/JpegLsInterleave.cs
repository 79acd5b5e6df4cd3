namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>The interleaving of the components of a scan (ITU-T T.87, C.2.3).</summary>
internal enum JpegLsInterleave
{
    /// <summary>The scan has one component.</summary>
    None = 0,

    /// <summary>A line of each component in turn.</summary>
    Line = 1,

    /// <summary>A sample of each component in turn.</summary>
    Sample = 2,
}
