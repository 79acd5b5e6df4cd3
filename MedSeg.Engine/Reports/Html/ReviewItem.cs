using MedSeg.Imaging;

namespace MedSeg.Reports.Html;

/// <summary>A slice that the reader of a page accepts or rejects.</summary>
/// <param name="Name">The name of the slice.</param>
/// <param name="Series">The name of the series; empty if it is not known.</param>
/// <param name="Frame">The number of the frame in the image file, from 1; null if it is not known.</param>
/// <param name="Image">The path of the image, relative to the page's folder, with slashes.</param>
/// <param name="Mask">The path of the mask, likewise; empty if there is none.</param>
/// <param name="Codes">What the slice is flagged with; empty for nothing.</param>
internal sealed record ReviewItem(string Name, string Series, int? Frame, string Image, string Mask, IReadOnlyList<string> Codes)
{
    /// <summary>Gets the paths of the files of the channels like <see cref="Image"/>, with | between them; empty if one file has all channels.</summary>
    public string Channels { get; init; } = string.Empty;

    /// <summary>Gets the axis along which the frame counts the slices of a volume; null for other images.</summary>
    public SliceAxis? Axis { get; init; }

    /// <summary>Gets what tells the slice from all others on the page, also where two runs are on it.</summary>
    public string Key => FormattableString.Invariant($"{Image}#{Frame} {Mask}");

    /// <summary>Makes a path relative to the folder of a page, so that the page does not tell where it was made.</summary>
    /// <param name="folder">The absolute path of the page's folder.</param>
    /// <param name="path">The absolute path of a file; null for none.</param>
    public static string Relative(string folder, string? path) =>
        path is null ? string.Empty : Path.GetRelativePath(folder, path).Replace('\\', '/');

    /// <summary>Makes the paths of channels relative to the folder of a page.</summary>
    /// <param name="folder">The absolute path of the page's folder.</param>
    /// <param name="paths">The absolute paths; null where a channel has no file.</param>
    public static string Relative(string folder, IEnumerable<string?> paths) => string.Join('|', paths.OfType<string>().Select(path => Relative(folder, path)));
}
