namespace MedSeg.Imaging;

/// <summary>The axis along which a volume that is not DICOM is cut into slices.</summary>
public enum SliceAxis
{
    /// <summary>The axis of the largest spacing; the third if no axis has a larger spacing than the others.</summary>
    Auto,

    /// <summary>The first axis, which varies fastest in the file.</summary>
    First,

    /// <summary>The second axis.</summary>
    Second,

    /// <summary>The third axis.</summary>
    Third,

    /// <summary>The axis closest to left and right, for sagittal slices.</summary>
    Sagittal,

    /// <summary>The axis closest to front and back, for coronal slices.</summary>
    Coronal,

    /// <summary>The axis closest to feet and head, for axial slices.</summary>
    Axial,
}
