using MedSeg.Dicom.Attributes;
using MedSeg.Dicom.Parsing;

namespace MedSeg.Volumes;

/// <summary>The position of a slice, from the header of its file.</summary>
/// <param name="Uid">The SOP Instance UID of the file; <see langword="null"/> if it has none.</param>
/// <param name="Frame">The frame in the file, from 1.</param>
/// <param name="Frames">The number of frames of the file.</param>
/// <param name="FrameOfReference">The Frame of Reference UID; <see langword="null"/> if the file does not state it.</param>
/// <param name="Plane">The plane.</param>
internal sealed record SlicePlane(string? Uid, int Frame, int Frames, string? FrameOfReference, ImagePlane Plane)
{
    // Positions of the same plane differ by rounding: by this many mm, and by this fraction of a pixel where pixels are tiny.
    private const double SamePlane = 0.05;
    private const double SamePlaneInPixels = 0.1;

    /// <summary>Returns the plane of a decoded slice.</summary>
    /// <param name="image">The slice.</param>
    /// <returns>The plane; <see langword="null"/> if the image does not state it.</returns>
    public static SlicePlane? Of(ImageSlice image) =>
        image.Plane is { } plane ? new SlicePlane(image.SopInstanceUid, image.Frame, image.Frames, image.FrameOfReferenceUid, plane) : null;

    /// <summary>Reads the planes of all frames of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="pixels">The layout of its pixels.</param>
    /// <returns>The planes of the frames that state position, orientation and pixel spacing.</returns>
    public static IReadOnlyList<SlicePlane> ReadAll(DicomFile file, PixelDescription pixels)
    {
        var attributes = new FrameAttributes(file.Dataset, pixels);
        string? uid = file.Dataset.FindText(DicomTag.SopInstanceUid);
        string? reference = file.Dataset.FindText(DicomTag.FrameOfReferenceUid);
        var planes = new List<SlicePlane>();
        for (int frame = 0; frame < pixels.Frames; frame++)
        {
            if (attributes.Position(frame) is { } position
                && attributes.Orientation(frame) is { } cosines
                && attributes.Spacing(frame) is { } spacing
                && ImagePlane.Of(position, cosines, spacing, pixels.Rows, pixels.Columns) is { } plane)
            {
                planes.Add(new SlicePlane(uid, frame + 1, pixels.Frames, reference, plane));
            }
        }

        return planes;
    }

    /// <summary>Returns the distance below which two parallel planes count as one.</summary>
    /// <param name="plane">One of them.</param>
    /// <returns>The distance in mm.</returns>
    public static double ToleranceOf(in ImagePlane plane) =>
        Math.Min(SamePlane, SamePlaneInPixels * Math.Min(plane.ColumnStep.Length, plane.RowStep.Length));
}
