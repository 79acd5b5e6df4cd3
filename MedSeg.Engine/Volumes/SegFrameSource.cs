using MedSeg.Dicom;

namespace MedSeg.Volumes;

/// <summary>An image on which a frame of a DICOM SEG was drawn.</summary>
/// <param name="Uid">The UID of the image.</param>
/// <param name="Frames">The frames of the image, from 1; empty if the reference names none.</param>
internal sealed record SegFrameSource(string Uid, IReadOnlyList<double> Frames)
{
    /// <summary>Checks whether this refers to a slice; a frame of a multi-frame image must be named.</summary>
    /// <param name="image">The slice.</param>
    public bool RefersTo(DicomImage image) =>
        image.SopInstanceUid == Uid && (Frames.Count == 0 ? image.Frames == 1 : Frames.Contains(image.Frame));
}
