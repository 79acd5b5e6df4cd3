namespace MedSeg.Imaging;

/// <summary>Says how the intensities of an image are scaled before the network sees it.</summary>
public enum Normalization
{
    /// <summary>From the least to the greatest value, to 0..1.</summary>
    MinMax,

    /// <summary>
    /// From the 0.5th to the 99.5th percentile, to 0..1; values beyond are clipped. A few very bright pixels then do
    /// not darken the rest.
    /// </summary>
    Percentile,

    /// <summary>To mean 0 and standard deviation 1.</summary>
    ZScore,

    /// <summary>Not at all.</summary>
    None,

    /// <summary>By the window that the DICOM file states, to 0..1 (PS3.3, C.11.2); a file without one cannot be used.</summary>
    Window,
}
