namespace MedSeg.Data.Files;

/// <summary>The kind of a file of outlines.</summary>
internal enum OutlineKind
{
    /// <summary>An ROI of ImageJ, or an archive of them.</summary>
    ImageJ,

    /// <summary>The annotations of an image by LabelMe.</summary>
    LabelMe,

    /// <summary>The annotations of many images in the format of COCO.</summary>
    Coco,
}
