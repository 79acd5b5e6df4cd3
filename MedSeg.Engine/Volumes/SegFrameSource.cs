namespace MedSeg.Volumes;

/// <summary>An image on which a frame of a DICOM SEG was drawn.</summary>
/// <param name="Uid">The UID of the image.</param>
/// <param name="Frames">The frames of the image, from 1; empty if the reference names none.</param>
internal sealed record SegFrameSource(string Uid, IReadOnlyList<double> Frames)
{
    /// <summary>Checks whether this refers to a slice; a frame of a multi-frame image must be named.</summary>
    /// <param name="uid">The UID of the slice's file.</param>
    /// <param name="frame">The frame of the slice, from 1.</param>
    /// <param name="frames">The number of frames of the file.</param>
    public bool RefersTo(string? uid, int frame, int frames) => uid == Uid && (Frames.Count == 0 ? frames == 1 : Frames.Contains(frame));
}
