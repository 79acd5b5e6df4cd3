using System.Globalization;
using MedSeg.Dicom;
using MedSeg.Dicom.Parsing;
using MedSeg.Errors;
using MedSeg.Files;
using MedSeg.Labels;

namespace MedSeg.Volumes;

/// <summary>A volume of labels beside a series: each slice finds its labels by position, never by number or name.</summary>
/// <param name="path">The absolute path, for messages.</param>
internal abstract class LabelVolume(string path)
{
    /// <summary>Gets the endings of NIfTI files, in lower case, with their dots.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".nii.gz", ".nii"];

    /// <summary>Gets the absolute path.</summary>
    public string Path { get; } = path;

    /// <summary>Gets the names that the file gives to ROI numbers.</summary>
    public virtual IReadOnlyDictionary<int, string> RoiNames { get; } = new Dictionary<int, string>();

    /// <summary>Tells by its name, or of DICOM its content, whether a file may hold a volume.</summary>
    /// <param name="path">The absolute path.</param>
    /// <returns>Whether <see cref="Open"/> is to read it.</returns>
    public static bool IsVolume(string path) =>
        Extensions.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) || SegVolume.IsSegmentation(path);

    /// <summary>Opens a volume; its content says which kind it is.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="map">Which ROIs segments stand for.</param>
    /// <param name="labelNames">The names of the ROIs; none where the masks decide.</param>
    /// <returns>The volume.</returns>
    /// <exception cref="FileFormatException">The file is damaged, or neither NIfTI nor DICOM SEG.</exception>
    /// <exception cref="MedSegException">The file is not there or cannot be read.</exception>
    public static LabelVolume Open(string path, LabelMapping map, IReadOnlyList<string> labelNames) =>
        Parse(FileContent.Read(path), path, map, labelNames);

    /// <summary>Decodes a volume that is in memory.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="path">The path, for messages.</param>
    /// <param name="map">Which ROIs segments stand for.</param>
    /// <param name="labelNames">The names of the ROIs; none where the masks decide.</param>
    /// <returns>The volume.</returns>
    /// <exception cref="FileFormatException">As <see cref="Open"/>.</exception>
    public static LabelVolume Parse(byte[] content, string path, LabelMapping map, IReadOnlyList<string> labelNames) =>
        DicomFile.LooksLikeDicom(content.AsSpan(0, Math.Min(content.Length, DicomFile.SignatureLength)), content.Length)
            ? SegVolume.Decode(content, path, map, labelNames)
            : NiftiVolume.Decode(content, path);

    /// <summary>Finds the labels of a slice.</summary>
    /// <param name="image">The slice.</param>
    /// <returns>The labels.</returns>
    /// <exception cref="FileFormatException">The slice or the volume does not say where it lies, or they do not fit.</exception>
    public abstract SliceLabels Slice(DicomImage image);

    /// <summary>Counts what no slice has shown.</summary>
    /// <returns>The number of planes, or of frames of a SEG, that hold labels on none of the slices so far; 0 where none matched.</returns>
    public abstract int CountUnseen();

    /// <summary>Makes an error about a slice.</summary>
    /// <param name="errorId">The identifier.</param>
    /// <param name="problem">What is wrong and what to do.</param>
    /// <returns>The error.</returns>
    protected FileFormatException Error(string errorId, string problem) => new(errorId, Path, problem);

    /// <summary>Finds where a slice lies.</summary>
    /// <param name="image">The slice.</param>
    /// <returns>The plane.</returns>
    /// <exception cref="FileFormatException"><c>LabelVolumePosition</c>: it does not say.</exception>
    protected ImagePlane PlaneOf(DicomImage image) =>
        ImagePlane.Of(image) ?? throw Error("LabelVolumePosition", "labels of a volume are matched by position, but the image does not state its position, orientation and pixel spacing. Export it again with these, or give it a mask of its own (PNG or .npy).");

    /// <summary>Writes a position for messages.</summary>
    /// <param name="point">The point.</param>
    /// <returns>Its coordinates.</returns>
    protected static string Text(Vector3D point) =>
        string.Create(CultureInfo.InvariantCulture, $"({point.X:0.##}, {point.Y:0.##}, {point.Z:0.##})");
}
