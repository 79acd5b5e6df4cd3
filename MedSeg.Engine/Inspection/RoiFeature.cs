namespace MedSeg.Inspection;

/// <summary>What is measured of an ROI in a slice, as indices into its features.</summary>
internal enum RoiFeature
{
    /// <summary>The centre from left to right within the image, of its width.</summary>
    ImageX,

    /// <summary>The centre from top to bottom within the image, of its height.</summary>
    ImageY,

    /// <summary>The centre relative to that of the body, in radii of a circle of the body's area.</summary>
    BodyX,

    /// <inheritdoc cref="BodyX"/>
    BodyY,

    /// <summary>The centre relative to that of all ROIs together, in units of their spread: it does not change when numbers are exchanged.</summary>
    GroupX,

    /// <inheritdoc cref="GroupX"/>
    GroupY,

    /// <summary>The logarithm of the area, in parts of the body's.</summary>
    Size,

    /// <summary>The logarithm of the area, in parts of that of all ROIs of the slice.</summary>
    Share,

    /// <summary>The logarithm of the longer axis over the shorter, from second moments.</summary>
    Elongation,

    /// <summary>The mean intensity, in standard deviations of the image's from the image's mean.</summary>
    Brightness,
}
