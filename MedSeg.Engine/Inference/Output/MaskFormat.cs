namespace MedSeg.Inference.Output;

/// <summary>The file format of masks.</summary>
public enum MaskFormat
{
    /// <summary>One indexed PNG per slice; the index of a pixel is its ROI number.</summary>
    Png,

    /// <summary>One NumPy array per slice, unsigned 8-bit, (rows, columns).</summary>
    Npy,

    /// <summary>One NIfTI volume per series, .nii.gz.</summary>
    Nifti,

    /// <summary>One binary DICOM Segmentation per series, which references its source images.</summary>
    DicomSeg,

    /// <summary>One NRRD volume per series, .nrrd, in DICOM's coordinates (LPS).</summary>
    Nrrd,

    /// <summary>One segmentation of 3D Slicer per series, .seg.nrrd: an NRRD volume with the names, colours and codes of the segments.</summary>
    SegNrrd,

    /// <summary>Indexed TIFF files for ImageJ: one per image, with a page for each frame or slice in it.</summary>
    Tiff,

    /// <summary>One DICOM RT Structure Set per series: closed contours, which reference the source images.</summary>
    RtStruct,
}
