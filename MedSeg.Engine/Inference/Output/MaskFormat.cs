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
}
