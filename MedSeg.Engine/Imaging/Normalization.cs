namespace MedSeg.Imaging;

/// <summary>The method by which the intensities of an image are normalized before it enters the network.</summary>
public enum Normalization
{
    /// <summary>Scales the range from the least to the greatest value to 0..1.</summary>
    MinMax,

    /// <summary>
    /// Scales the range from the 0.5th to the 99.5th percentile to 0..1 and clips values outside of it, so that a few
    /// very bright pixels do not darken the rest.
    /// </summary>
    Percentile,

    /// <summary>Scales to mean 0 and standard deviation 1.</summary>
    ZScore,

    /// <summary>Leaves the intensities unchanged.</summary>
    None,

    /// <summary>Scales by the window in the DICOM file to 0..1 (PS3.3, C.11.2); a file without one cannot be used.</summary>
    Window,
}
