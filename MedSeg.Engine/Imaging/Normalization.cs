namespace MedSeg;

/// <summary>How the intensities of a slice are made comparable.</summary>
public enum Normalization
{
    /// <summary>From the smallest to the greatest value: 0 to 1.</summary>
    MinMax,

    /// <summary>From the 0.5th to the 99.5th percentile: 0 to 1, values beyond are clipped.</summary>
    Percentile,

    /// <summary>Mean 0, standard deviation 1.</summary>
    ZScore,

    /// <summary>As in the file.</summary>
    None,
}
