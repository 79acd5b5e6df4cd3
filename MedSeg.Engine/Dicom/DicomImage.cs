using MedSeg.Dicom.Attributes;
using MedSeg.Imaging;

namespace MedSeg.Dicom;

/// <summary>A decoded DICOM image: its pixels as real values, and the attributes that MedSeg uses.</summary>
public sealed record DicomImage
{
    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>
    /// Gets the pixels, row by row, after the modality transformation (rescale slope and intercept, or modality LUT); the
    /// polarity of MONOCHROME1 is inverted so that greater always means brighter. For colour images, the luminance.
    /// </summary>
    public required float[] Pixels { get; init; }

    /// <summary>Gets the number of the frame, from 1.</summary>
    public required int Frame { get; init; }

    /// <summary>Gets the number of frames of the file.</summary>
    public required int Frames { get; init; }

    /// <summary>Gets the window of the file, or <see langword="null"/> if it has no valid one.</summary>
    public VoiWindow? Window { get; init; }

    /// <summary>Gets the position of the centre of the first pixel, x, y and z in mm, or <see langword="null"/>.</summary>
    public IReadOnlyList<double>? Position { get; init; }

    /// <summary>Gets the direction cosines of a row and of a column, six numbers, or <see langword="null"/>.</summary>
    public IReadOnlyList<double>? Orientation { get; init; }

    /// <summary>Gets the pixel spacing, or <see langword="null"/> if the file does not state it.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets the modality, for example MR, or <see langword="null"/>.</summary>
    public string? Modality { get; init; }

    /// <summary>Gets the transfer syntax UID.</summary>
    public required string TransferSyntaxUid { get; init; }

    /// <summary>Gets the number of bits stored for each pixel.</summary>
    public required int BitsStored { get; init; }

    /// <summary>Gets the other components of colours that were read, after the first; empty otherwise.</summary>
    internal IReadOnlyList<float[]> OtherComponents { get; init; } = [];

    /// <summary>Gets a value indicating whether the image is a Siemens mosaic: many slices side by side, without a position of their own.</summary>
    internal bool IsMosaic { get; init; }

    /// <summary>Gets what is unusual about the pixel spacing, or <see langword="null"/>.</summary>
    internal SpacingNote? SpacingNote { get; init; }

    /// <summary>Gets the SOP Instance UID, or <see langword="null"/>.</summary>
    internal string? SopInstanceUid { get; init; }

    /// <summary>Gets the Frame of Reference UID, or <see langword="null"/>.</summary>
    internal string? FrameOfReferenceUid { get; init; }

    /// <summary>
    /// Gets the patient ID, or the study's UID if there is none. It distinguishes patients within a session, and is never
    /// written to a file or log or copied to a public object.
    /// </summary>
    internal string? PatientIdentity { get; init; }
}
