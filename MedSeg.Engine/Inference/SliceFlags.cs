namespace MedSeg.Inference;

/// <summary>What a person is to look at in the mask of a slice.</summary>
[Flags]
public enum SliceFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>An ROI reaches the edge of the image, so it may be cut off.</summary>
    TouchesBorder = 1,

    /// <summary>There is no pixel of any ROI.</summary>
    Empty = 2,

    /// <summary>The image is unlike those that the model was trained on.</summary>
    UnlikeTraining = 4,
}
