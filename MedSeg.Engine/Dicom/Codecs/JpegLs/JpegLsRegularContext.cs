namespace MedSeg.Dicom.Codecs.JpegLs;

/// <summary>The statistics of a context of regular mode (ITU-T T.87, A.2.1).</summary>
internal struct JpegLsRegularContext
{
    /// <summary>The sum of the magnitudes of errors.</summary>
    public int A;

    /// <summary>The bias: the sum of errors minus the correction.</summary>
    public int B;

    /// <summary>The correction of predictions.</summary>
    public int C;

    /// <summary>The number of errors.</summary>
    public int N;
}
