namespace MedSeg.Inference;

/// <summary>What to check by eye in the mask of a slice.</summary>
[Flags]
public enum SliceFlags
{
    /// <summary>Nothing to check.</summary>
    None = 0,

    /// <summary>An ROI touches the border of the image and may be cut off.</summary>
    TouchesBorder = 1,

    /// <summary>No ROI was found.</summary>
    Empty = 2,

    /// <summary>The image differs from the training images.</summary>
    UnlikeTraining = 4,

    /// <summary>The pixel spacing is that at the detector of an X-ray device, so areas are too large.</summary>
    DetectorSpacing = 8,
}
