using MedSeg.Volumes;

namespace MedSeg.Inventory;

/// <summary>An image file of which the header was read.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Header">What it has in common with the other files of its series.</param>
/// <param name="Frames">The number of frames or slices; 0 if the file is damaged.</param>
/// <param name="Origins">The position of the first pixel of each frame that states it, in mm.</param>
/// <param name="Normal">The unit vector perpendicular to the first frame; <see langword="null"/> if the file does not state it.</param>
internal sealed record ScannedFile(string Path, SeriesHeader Header, int Frames, IReadOnlyList<Vector3D> Origins, Vector3D? Normal)
{
    /// <summary>Gets what hinders the use of this file; <see langword="null"/> for nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>Gets a value indicating whether the frames have several directions.</summary>
    public bool IsMixed { get; init; }

    /// <summary>Gets the position of the first frame along an axis, in mm; <see langword="null"/> if it is not stated.</summary>
    /// <param name="axis">A unit vector.</param>
    public double? LocationAlong(Vector3D axis) => Origins.Count > 0 ? Origins[0].Dot(axis) : null;
}
