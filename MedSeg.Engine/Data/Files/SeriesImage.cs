using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Data.Files;

/// <summary>An image of a series whose labels are in a volume.</summary>
/// <param name="Name">The relative path, without extension.</param>
/// <param name="Path">The absolute path.</param>
/// <param name="Reading">How the image is read.</param>
/// <param name="Header">What its header says; <see langword="null"/> if it has not been read.</param>
internal sealed record SeriesImage(string Name, string Path, ImageReading Reading, ImageHeader? Header = null)
{
    /// <summary>Gets the file of each channel, or null where there is none; empty if images have one channel.</summary>
    public IReadOnlyList<string?> Channels { get; init; } = [];

    /// <summary>Gets the frames that are used; <see langword="null"/> for all.</summary>
    public UsedFrames? Frames { get; init; }

    /// <summary>Gets the planes of the frames that state their position.</summary>
    public IReadOnlyList<SlicePlane> Planes => (Header ?? ImageHeader.Read(Path, Reading))?.Planes ?? [];
}
