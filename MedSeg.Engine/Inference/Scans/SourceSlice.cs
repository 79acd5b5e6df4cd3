using MedSeg.Dicom.Attributes;
using MedSeg.Imaging;
using MedSeg.Volumes;

namespace MedSeg.Inference.Scans;

/// <summary>A slice to segment, before its pixels are read.</summary>
/// <param name="Name">The name relative to the folder that was given, with slashes and without extension.</param>
/// <param name="Path">The absolute path.</param>
/// <param name="Frame">The frame in the file, from 0.</param>
/// <param name="Frames">The number of frames of the file.</param>
/// <param name="Plane">The plane of the slice; null where the file does not state it.</param>
internal sealed record SourceSlice(string Name, string Path, int Frame, int Frames, ImagePlane? Plane)
{
    /// <summary>Gets the number of the slice among those of its channel in the file, from 0, if the file has frames of several channels; null otherwise.</summary>
    public int? OfChannel { get; init; }

    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>Gets the distance between pixels; null where the file does not state it.</summary>
    public PixelSpacing? Spacing { get; init; }

    /// <summary>Gets what is unusual about the pixel spacing; null for a valid or missing one.</summary>
    public SpacingNote? SpacingNote { get; init; }

    /// <summary>Gets a value indicating whether the image is a Siemens mosaic, which has no position.</summary>
    public bool IsMosaic { get; init; }

    /// <summary>Gets the thickness of the slice, in mm; null where the file does not state it.</summary>
    public double? Thickness { get; init; }

    /// <summary>Gets the SOP Instance UID of the file; null where it has none.</summary>
    public string? SopInstanceUid { get; init; }

    /// <summary>Gets the Series Instance UID; null where the file has none.</summary>
    public string? SeriesInstanceUid { get; init; }

    /// <summary>Gets what slices of one stack have in common, besides their geometry: study, frame of reference, patient, modality and series description.</summary>
    public string Stack { get; init; } = "";

    /// <summary>Gets the volume that the slice is cut from; null for DICOM.</summary>
    public ScanVolume? Volume { get; init; }

    /// <summary>Gets a value indicating whether the file is a picture (PNG, TIFF, .npy), which has no position.</summary>
    public bool IsPicture { get; init; }

    /// <summary>Gets the file of each channel, or null where there is none; empty if images have one channel.</summary>
    public IReadOnlyList<string?> Channels { get; init; } = [];

    /// <summary>Gets the name for messages: the path, and the frame in a multi-frame file.</summary>
    public string Label => Frames == 1 ? Path : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Path} (frame {Frame + 1})");

    /// <summary>Gets the position along the normal of the plane, in mm, never minus zero; null where the file does not state it.</summary>
    public double? Location => Plane is { } plane ? plane.Origin.Dot(plane.Normal) + 0.0 : null;
}
