using MedSeg.Dicom;

namespace MedSeg.Volumes;

/// <summary>An image that a frame of a DICOM SEG was drawn on.</summary>
/// <param name="Uid">The UID of the image.</param>
/// <param name="Frames">The frames of the image, from 1; none where the reference names no frame.</param>
internal sealed record SegFrameSource(string Uid, IReadOnlyList<double> Frames)
{
    /// <summary>Tells whether a slice is meant; of an image of several frames, only one that is named.</summary>
    /// <param name="image">The slice.</param>
    public bool Means(DicomImage image) =>
        image.SopInstanceUid == Uid && (Frames.Count == 0 ? image.Frames == 1 : Frames.Contains(image.Frame));
}
