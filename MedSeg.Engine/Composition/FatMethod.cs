namespace MedSeg.Composition;

/// <summary>How fat and muscle are separated.</summary>
public enum FatMethod
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The threshold that separates the intensities into two classes best (Otsu 1979).</summary>
    Otsu,

    /// <summary>The brightest of two or three clusters (k-means, Lloyd 1982).</summary>
    KMeans,

    /// <summary>The brightest component of a mixture of two or three normal distributions, fitted by expectation maximization (Dempster, Laird and Rubin 1977).</summary>
    Mixture,

    /// <summary>A threshold relative to the median of a reference ROI, such as subcutaneous fat.</summary>
    Reference,

    /// <summary>Fat / (water + fat), pixel by pixel, from a Dixon fat image next to the water image.</summary>
    Dixon,
}
