using MedSeg.Dicom;
using MedSeg.Dicom.Attributes;
using MedSeg.Imaging;

namespace MedSeg.Volumes;

/// <summary>A decoded slice of any image file: its pixels as real values, and where they are.</summary>
internal sealed record ImageSlice
{
    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the pixels, row by row; greater means brighter.</summary>
    public required float[] Pixels { get; init; }

    /// <summary>Gets the number of the frame or slice in its file, from 1.</summary>
    public int Frame { get; init; } = 1;

    /// <summary>Gets the number of frames or slices of the file.</summary>
    public int Frames { get; init; } = 1;

    /// <summary>Gets the number of frames of the channel in its file; <see langword="null"/> if all frames are of one channel.</summary>
    public int? ChannelFrames { get; init; }

    /// <summary>Gets the number of the image in the stack that ImageJ makes of its series, from 1; 0 if it is not known.</summary>
    public int StackNumber { get; init; }

    /// <summary>Gets the plane; <see langword="null"/> if the file does not state position, orientation and pixel spacing.</summary>
    public ImagePlane? Plane { get; init; }

    /// <summary>Gets the pixel spacing; <see langword="null"/> if the file does not state it.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets what is unusual about the pixel spacing, or <see langword="null"/>.</summary>
    public SpacingNote? SpacingNote { get; init; }

    /// <summary>Gets the window of a DICOM file, or <see langword="null"/>.</summary>
    public VoiWindow? Window { get; init; }

    /// <summary>Gets the modality, for example MR, or <see langword="null"/>.</summary>
    public string? Modality { get; init; }

    /// <summary>Gets the place of the pixels in the volume that the slice was cut from; <see langword="null"/> for any other image.</summary>
    public VolumeSection? Section { get; init; }

    /// <summary>Gets how the volume was cut, as a phrase such as <c>along the third axis, which has the largest spacing</c>; <see langword="null"/> for any other image.</summary>
    public string? Cut { get; init; }

    /// <summary>Gets what to know about slices of a volume whose format states no directions; <see langword="null"/> for any other image.</summary>
    public string? DirectionsNote { get; init; }

    /// <summary>Gets a value indicating whether the image is DICOM, so that advice may name DICOM attributes.</summary>
    public bool IsDicom { get; init; }

    /// <summary>Gets a value indicating whether the image is a Siemens mosaic: many slices side by side, without a position of their own.</summary>
    public bool IsMosaic { get; init; }

    /// <summary>Gets the SOP Instance UID, or <see langword="null"/>.</summary>
    public string? SopInstanceUid { get; init; }

    /// <summary>Gets the Frame of Reference UID, or <see langword="null"/>.</summary>
    public string? FrameOfReferenceUid { get; init; }

    /// <summary>Gets the identity of the patient in a DICOM file; it is never written to a file or log.</summary>
    public string? PatientIdentity { get; init; }

    /// <summary>Gets the other channels: images of the same size at the same place, in their order; empty if there is one channel.</summary>
    public IReadOnlyList<ImageSlice> OtherChannels { get; init; } = [];

    /// <summary>Takes the pixels and attributes of a DICOM image.</summary>
    /// <param name="image">The image; it shares its pixels with the result.</param>
    public static ImageSlice Of(DicomImage image)
    {
        ImageSlice first = OfFirst(image);
        return image.OtherComponents.Count == 0 ? first : first with { OtherChannels = [.. image.OtherComponents.Select(pixels => first with { Pixels = pixels })] };
    }

    private static ImageSlice OfFirst(DicomImage image) => new()
    {
        Rows = image.Rows,
        Columns = image.Columns,
        Pixels = image.Pixels,
        Frame = image.Frame,
        Frames = image.Frames,
        Plane = ImagePlane.Of(image),
        Spacing = image.Spacing,
        SpacingNote = image.SpacingNote,
        Window = image.Window,
        Modality = image.Modality,
        IsDicom = true,
        IsMosaic = image.IsMosaic,
        SopInstanceUid = image.SopInstanceUid,
        FrameOfReferenceUid = image.FrameOfReferenceUid,
        PatientIdentity = image.PatientIdentity,
    };
}
