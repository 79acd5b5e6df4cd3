namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>The statistics of a context of run interruptions (ITU-T T.87, A.2.1).</summary>
internal struct JpegLsRunContext
{
    /// <summary>The sum of the magnitudes of errors.</summary>
    public int A;

    /// <summary>The number of errors.</summary>
    public int N;

    /// <summary>The number of negative errors.</summary>
    public int Negatives;
}
