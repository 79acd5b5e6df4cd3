using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>A slice that is to be segmented, before its pixels are read.</summary>
/// <param name="Name">The name, with slashes, without ending.</param>
/// <param name="Path">The absolute path.</param>
/// <param name="Frame">The frame, from 0.</param>
/// <param name="Frames">The frames of the file.</param>
/// <param name="Plane">Where it lies; null where the file does not say.</param>
internal sealed record SourceSlice(string Name, string Path, int Frame, int Frames, ImagePlane? Plane)
{
    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the distance between pixels; null where the file does not say.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets the thickness of the slice, in mm; null where the file does not say.</summary>
    public double? Thickness { get; init; }

    /// <summary>Gets what messages call it: the path, and the frame where there are several.</summary>
    public string Label => Frames == 1 ? Path : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Path} (frame {Frame + 1})");

    /// <summary>Gets the place across the plane, in mm, never minus zero; null where the file does not say.</summary>
    public double? Location => Plane is { } plane ? plane.Origin.Dot(plane.Normal) + 0.0 : null;
}
