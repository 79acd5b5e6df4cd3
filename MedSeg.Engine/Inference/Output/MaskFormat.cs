namespace MedSeg.Inference.Output;

/// <summary>The kinds of files that masks are written as.</summary>
public enum MaskFormat
{
    /// <summary>A PNG for each slice, indexed: a pixel's index is its ROI number.</summary>
    Png,

    /// <summary>A NumPy array for each slice, unsigned 8-bit, (rows, columns).</summary>
    Npy,

    /// <summary>A NIfTI volume for each series, .nii.gz.</summary>
    Nifti,

    /// <summary>A DICOM Segmentation for each series, binary, which refers to its source images.</summary>
    DicomSeg,
}
