using MedSeg.Imaging;

namespace MedSeg.Dicom;

/// <summary>A single-frame MR image to be written as DICOM.</summary>
internal sealed record DicomMrSlice
{
    /// <summary>Gets the number of rows, from 1 to 65535.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns, from 1 to 65535.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the pixels, row by row; greater is brighter.</summary>
    public required ushort[] Pixels { get; init; }

    /// <summary>Gets the pixel spacing, in mm.</summary>
    public required PixelSpacing Spacing { get; init; }

    /// <summary>Gets the patient ID, at most 64 characters.</summary>
    public required string PatientId { get; init; }

    /// <summary>Gets the patient's name, family name and given name separated by ^, at most 64 characters.</summary>
    public required string PatientName { get; init; }

    /// <summary>Gets the UID of the study.</summary>
    public required string StudyInstanceUid { get; init; }

    /// <summary>Gets the UID of the series.</summary>
    public required string SeriesInstanceUid { get; init; }

    /// <summary>Gets the UID of this image.</summary>
    public required string SopInstanceUid { get; init; }

    /// <summary>Gets the UID of the frame of reference, shared by images whose positions are comparable.</summary>
    public required string FrameOfReferenceUid { get; init; }

    /// <summary>Gets the number of the image in its series.</summary>
    public int InstanceNumber { get; init; } = 1;

    /// <summary>Gets the slice thickness, in mm.</summary>
    public double SliceThickness { get; init; } = 1;

    /// <summary>Gets the position of the centre of the first pixel: x, y and z in mm, towards left, posterior and head.</summary>
    public IReadOnlyList<double> ImagePosition { get; init; } = [0, 0, 0];

    /// <summary>Gets the direction cosines of a row and of a column (DICOM PS3.3, C.7.6.2.1.1).</summary>
    public IReadOnlyList<double> ImageOrientation { get; init; } = [1, 0, 0, 0, 1, 0];

    /// <summary>Gets the series description, at most 64 characters.</summary>
    public string SeriesDescription { get; init; } = "";
}
