namespace MedSeg.Inspection;

/// <summary>The features of an ROI in a slice, as indices.</summary>
internal enum RoiFeature
{
    /// <summary>The centre from left to right, as a fraction of the width of the image.</summary>
    ImageX,

    /// <summary>The centre from top to bottom, as a fraction of the height of the image.</summary>
    ImageY,

    /// <summary>The centre relative to that of the body, in radii of a circle of the body's area.</summary>
    BodyX,

    /// <inheritdoc cref="BodyX"/>
    BodyY,

    /// <summary>The centre relative to that of all ROIs together, in units of their spread. It does not change when labels are swapped.</summary>
    GroupX,

    /// <inheritdoc cref="GroupX"/>
    GroupY,

    /// <summary>The logarithm of the area, as a fraction of the body's.</summary>
    Size,

    /// <summary>The logarithm of the area, as a fraction of that of all ROIs of the slice.</summary>
    Share,

    /// <summary>The logarithm of the longer axis over the shorter, from second moments.</summary>
    Elongation,

    /// <summary>The mean intensity relative to the image's mean, in standard deviations of the image.</summary>
    Brightness,
}
