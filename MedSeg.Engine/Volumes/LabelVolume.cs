using System.Globalization;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>A volume of labels for a series; the labels of a slice are found by position, never by number or name.</summary>
/// <param name="path">The absolute path, for messages.</param>
internal abstract class LabelVolume(string path)
{
    /// <summary>Gets the absolute path.</summary>
    public string Path { get; } = path;

    /// <summary>Gets the names of ROI numbers in the file.</summary>
    public virtual IReadOnlyDictionary<int, string> RoiNames { get; } = new Dictionary<int, string>();

    /// <summary>Checks from its extension or, for DICOM, its content whether a file may be a label volume.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns><see langword="true"/> if <see cref="Open"/> can read it, unless it is damaged.</returns>
    public static bool IsVolume(string path) =>
        VolumeFile.Is(path) || DicomLabels.ClassOf(path) is not null;

    /// <summary>Opens a volume; its format is detected from the content. Voxels of more than 1 GB stay in their file.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="map">Maps segments to ROIs.</param>
    /// <param name="labelNames">The names of the ROIs; empty if the masks determine them.</param>
    /// <returns>The volume.</returns>
    /// <exception cref="FileFormatException">The file is damaged, or of another format.</exception>
    /// <exception cref="MedSegException">The file does not exist or cannot be read.</exception>
    public static LabelVolume Open(string path, LabelMapping map, IReadOnlyList<string> labelNames) =>
        IsOfVoxels(path) ? OfVoxels(VolumeFile.Open(path), map, labelNames) : Parse(FileContent.ReadWithinBudget(path), path, map, labelNames);

    /// <summary>Opens a volume whose voxels are read while slices are asked for; <see cref="Complete"/> tells whether all could be read.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="map">Maps segments to ROIs.</param>
    /// <param name="labelNames">The names of the ROIs; empty if the masks determine them.</param>
    /// <param name="stop">Stops reading if nobody needs the voxels any more.</param>
    /// <returns>The volume.</returns>
    /// <exception cref="FileFormatException">As <see cref="Open"/>.</exception>
    /// <exception cref="MedSegException">As <see cref="Open"/>.</exception>
    public static LabelVolume OpenAhead(string path, LabelMapping map, IReadOnlyList<string> labelNames, CancellationToken stop) =>
        IsOfVoxels(path) ? OfVoxels(VolumeFile.OpenAhead(path, stop), map, labelNames) : Open(path, map, labelNames);

    /// <summary>Decodes a volume in memory.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="map">Maps segments to ROIs.</param>
    /// <param name="labelNames">The names of the ROIs; empty if the masks determine them.</param>
    /// <returns>The volume.</returns>
    /// <exception cref="FileFormatException">As <see cref="Open"/>.</exception>
    public static LabelVolume Parse(byte[] content, string path, LabelMapping map, IReadOnlyList<string> labelNames) =>
        DicomFile.LooksLikeDicom(content.AsSpan(0, Math.Min(content.Length, DicomFile.SignatureLength)), content.Length)
            ? OfDicom(DicomFile.Parse(new DicomSource(path, content)), map, labelNames)
            : OfVoxels(VolumeFile.Decode(content, path), map, labelNames);

    private static bool IsOfVoxels(string path) => VolumeFile.Is(path) && !DicomImageReader.IsDicom(path);

    private static LabelVolume OfDicom(DicomFile file, LabelMapping map, IReadOnlyList<string> labelNames) => RtStructVolume.Is(file.Dataset)
        ? RtStructVolume.Decode(file, map, labelNames)
        : SegVolume.Decode(file, map, labelNames);

    private static GridLabelVolume OfVoxels(VoxelVolume volume, LabelMapping map, IReadOnlyList<string> labelNames) => volume.Header switch
    {
        { Segments.Count: > 0 } => new SegmentLabelVolume(volume, map, labelNames),
        _ => new VoxelLabelVolume(volume),
    };

    /// <summary>Tells which slices the volume may belong to, so that each plane is given to the nearest slice only.</summary>
    /// <param name="read">Reads the slices; called only if the volume needs them.</param>
    public virtual void SetSlices(Func<IReadOnlyList<SlicePlane>> read)
    {
    }

    /// <summary>Gets a value indicating whether several threads may ask for slices at once.</summary>
    public virtual bool IsConcurrent => false;

    /// <summary>Returns the labels of a slice.</summary>
    /// <param name="image">The slice.</param>
    /// <returns>The labels.</returns>
    /// <exception cref="FileFormatException">The slice or the volume has no position, or the slice is outside of the volume.</exception>
    public abstract SliceLabels Slice(ImageSlice image);

    /// <summary>Waits until all voxels are read, if they still are.</summary>
    /// <exception cref="MedSegException">The file is damaged, or cannot be read.</exception>
    public virtual void Complete()
    {
    }

    /// <summary>Counts the labelled planes that matched no slice.</summary>
    /// <returns>The number of planes, or frames of a SEG, with labels that no slice so far has shown; 0 if no slice matched at all.</returns>
    public abstract int CountUnseen();

    /// <summary>Creates an error about this file.</summary>
    /// <param name="errorId">The identifier.</param>
    /// <param name="finding">What was found and what was expected.</param>
    /// <param name="advice">What to do.</param>
    /// <returns>The error to throw.</returns>
    protected FileFormatException Error(string errorId, string finding, string advice) => new(errorId, Path, finding) { Advice = advice };

    /// <summary>Returns the plane of a slice.</summary>
    /// <param name="image">The slice.</param>
    /// <returns>The plane.</returns>
    /// <exception cref="FileFormatException"><c>LabelVolumePosition</c>: the slice has no position.</exception>
    protected ImagePlane PlaneOf(ImageSlice image) =>
        image.Plane ?? throw NoPosition(image);

    /// <summary>Creates the error for a slice without a position.</summary>
    /// <param name="image">The slice.</param>
    /// <returns>The error to throw.</returns>
    protected FileFormatException NoPosition(ImageSlice image) => image.IsMosaic
        ? Error(
            ErrorIds.LabelVolumePosition,
            "The image is a Siemens mosaic, which shows many slices side by side, so it has no single position, and the volume cannot be matched to it.",
            "Export the series as separate slices, or save a mask of the whole mosaic (PNG or .npy).")
        : Error(
            ErrorIds.LabelVolumePosition,
            image is { Spacing: null, SpacingNote: { } note }
                ? $"Volumes are matched to images by position and pixel spacing. {note.Finding}"
                : "Volumes are matched to images by position, but the image does not state its position, orientation and pixel spacing.",
            "Export the image again with these attributes, or save a separate mask for it (PNG or .npy).");

    /// <summary>Formats a position for messages.</summary>
    /// <param name="point">The point.</param>
    /// <returns>Its coordinates.</returns>
    protected static string Text(Vector3D point) =>
        string.Create(CultureInfo.InvariantCulture, $"({point.X:0.##}, {point.Y:0.##}, {point.Z:0.##})");
}
